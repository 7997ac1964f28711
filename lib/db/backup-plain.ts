import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** A file that is open for reading, and how long it is, in bytes. */
export type OpenedFile = { fd: number; size: number; close(): void }

/**
 * Opens a file of a backup to read it. What lies in a folder that others can write to may be anything:
 * a link to the panel's keys would be copied out, a pipe would be waited for for ever. Throws for what
 * is no plain file (`ELOOP` for a link), and the errno of what cannot be opened.
 */
export function openPlain(file: string): OpenedFile {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  const stat = fstatSync(fd)
  if (stat.isFile()) return { fd, size: stat.size, close: () => closeSync(fd) }
  closeSync(fd)
  throw new Error(`${file} is no plain file`)
}
