import type { GitProblem } from '@/lib/api/contract-git'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import type { FileInCommit } from '@/lib/git/repository'
import { parseTopology } from '@/lib/topology/parse'

/** The document in a commit, or what is wrong with it. `absent`: the commit has no such file. */
export type ReadFile =
  | { kind: 'text'; text: string }
  | { kind: 'absent' }
  | { kind: 'refused'; problems: GitProblem[] }

/**
 * The file of a commit through the same gate as a save: UTF-8, size, syntax, schema. A byte order
 * mark and Windows line ends are taken away, because a diff of every line would hide the one that
 * counts. Problems of the rules do not refuse it: such a revision is kept and is not deployable.
 */
export function readFileOf(file: FileInCommit): ReadFile {
  if (file.kind === 'absent') return file
  if (file.kind === 'odd')
    return refused('git.no-file', `It is ${file.what} - put the document there as a plain file.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(file.bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return refused('git.not-utf8', 'It is not UTF-8 - save it as UTF-8 and commit it again.')
  }
  if (text.startsWith('version https://git-lfs.'))
    return refused(
      'git.lfs',
      'It is a pointer of Git LFS and not the document - the file is listed in .gitattributes - take it out there ("git lfs untrack") and commit it again.',
    )
  const tidy = text.replaceAll('\r\n', '\n')
  const parsed = parseTopology(tidy)
  if (parsed.ok) return { kind: 'text', text: tidy }
  return {
    kind: 'refused',
    problems: parsed.faults.map(({ line, path, message, code }) => ({
      ...{ line, message, code, path: [...path] },
    })),
  }
}

/** Larger files are not even read. */
export const MOST_BYTES = MAX_TEXT_BYTES

const refused = (code: string, message: string): ReadFile => ({
  kind: 'refused',
  problems: [{ line: 0, path: [], message, code }],
})
