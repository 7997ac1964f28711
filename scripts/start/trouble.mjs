/** A fault that a person can mend, told in one line: what - why - what to do. */
export class Trouble extends Error {
  name = 'Trouble'
}

const FULL = /ENOSPC|no space left on device|database or disk is full|SQLITE_FULL/i
const READ_ONLY = /EROFS|read-only file system/i
const FORBIDDEN = /EACCES|EPERM|permission denied/i

/**
 * The line for a known fault of the machine found in an error or in a tool's output; null when it
 * is none of them.
 * @param {string} doing what was being done, such as "Building"
 * @param {string} text the error's message or the tool's output
 * @param {string} folder the folder that was written to
 */
export function findTrouble(doing, text, folder) {
  if (FULL.test(text))
    return new Trouble(
      `${doing} failed - the disk of ${folder} is full - free some space and run this again.`,
    )
  if (READ_ONLY.test(text) || FORBIDDEN.test(text))
    return new Trouble(
      `${doing} failed - ${folder} cannot be written - give this user write access to it and run this again.`,
    )
  return null
}
