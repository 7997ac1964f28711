import type { InstalledOs } from '../disk'

type Unwrapped =
  | { kind: 'command'; words: string[]; user: string }
  | { kind: 'list'; text: string; user: string }
  | { kind: 'failed'; message: string; code: number }

/** Takes off what only says how a command is run: sudo, env, nohup, timeout, `sh -c`. */
export function unwrap(words: string[], user: string, os: InstalledOs | null): Unwrapped {
  const [name = '', ...rest] = words
  switch (name.replace(/^\/(usr\/)?bin\//, '')) {
    case 'sudo':
      return unwrapSudo(rest, user, os)
    case 'env':
      return unwrap(
        rest.slice(rest.findIndex((word) => !/^(-\w*|[A-Za-z_]\w*=.*)$/s.test(word))),
        user,
        os,
      )
    case 'nohup':
    case 'exec':
    case 'setsid':
    case 'command':
      return rest[0] === '-v'
        ? { kind: 'command', words: ['which', ...rest.slice(1)], user }
        : unwrap(rest, user, os)
    case 'nice':
    case 'ionice':
      return unwrap(dropOptions(rest, /^-[nc]$/), user, os)
    case 'timeout':
      return unwrap(dropOptions(rest, /^-[ks]$/).slice(1), user, os)
    case 'sh':
    case 'bash': {
      const at = rest.findIndex((word) => /^-\w*c$/.test(word))
      return at >= 0 && rest[at + 1] !== undefined
        ? { kind: 'list', text: rest[at + 1] as string, user }
        : { kind: 'command', words, user }
    }
    default:
      return { kind: 'command', words, user }
  }
}

const dropOptions = (words: string[], takesValue: RegExp): string[] => {
  let at = 0
  while (words[at]?.startsWith('-')) at += takesValue.test(words[at] as string) ? 2 : 1
  return words.slice(at)
}

function unwrapSudo(words: string[], user: string, os: InstalledOs | null): Unwrapped {
  let at = 0
  let target = 'root'
  while (words[at]?.startsWith('-')) {
    if (words[at] === '-u') target = words[at + 1] ?? 'root'
    at += /^-[ugp]$/.test(words[at] as string) ? 2 : 1
    if (words[at - 1] === '--') break
  }
  while (/^[A-Za-z_]\w*=/.test(words[at] ?? '')) at += 1
  const allowed = user === 'root' || os?.users.some((known) => known.name === user && known.sudo)
  if (!allowed) return { kind: 'failed', message: 'sudo: a password is required', code: 1 }
  return unwrap(words.slice(at), target, os)
}
