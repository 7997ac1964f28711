import type { ListItem } from '../shell/ast'
import { parseCommandLine, ShellSyntaxError } from '../shell/parse'
import { unwrap } from './unwrap'

/** Commands that read standard input unless a file is named. */
const FILTERS = new Set(['cat', 'tail', 'head', 'wc', 'sha256sum', 'base64', 'sort'])
const ALWAYS = new Set(['tee', 'sh', 'bash', 'patch'])

/**
 * Whether a command line reads standard input, so that it can begin only when all of it is there.
 * Others start at once, as `ssh host true` does with its input open.
 */
export function readsStdin(list: ListItem[]): boolean {
  return list.some(({ pipeline }) => {
    const first = pipeline[0]
    if (!first || first.redirects.some((redirect) => redirect.fd === 0)) return false
    const inner = unwrap(first.words, 'root', null)
    if (inner.kind === 'list') {
      try {
        return readsStdin(parseCommandLine(inner.text))
      } catch (error) {
        if (error instanceof ShellSyntaxError) return false
        throw error
      }
    }
    return inner.kind === 'command' && commandReads(inner.words)
  })
}

function commandReads(words: string[]): boolean {
  const [name = '', ...args] = words
  if (ALWAYS.has(name) || args.includes('/dev/stdin') || args.includes('-')) return true
  if (name === 'grep') return args.filter((arg) => !arg.startsWith('-')).length < 2
  return FILTERS.has(name) && !args.some((arg) => !arg.startsWith('-') && !/^\+?\d+$/.test(arg))
}
