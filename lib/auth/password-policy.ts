import { Refusal } from '@/lib/api/refusal'

/**
 * Why a password would be guessed among the first, as a half-sentence; null: it would not. Length
 * and nothing else is asked of it, but it may not be what everybody takes: a common password, one
 * with something hung on, a few characters again and again, a row of the keyboard, the own name.
 */
export async function whyGuessable(password: string, name: string): Promise<string | null> {
  const lower = password.toLowerCase()
  const common = await commonPasswords()
  const isCommon = (text: string) => common.has(text)
  if (isCommon(lower)) return 'it is one of the most common passwords'
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  const unit = /^(.{1,8}?)\1+(.{0,7})$/su.exec(lower)
  if (unit?.[1]?.startsWith(unit[2] ?? '')) return 'it repeats the same few characters'
  if (isRow(lower)) return 'it is a row of the keyboard or alphabet'
  const account = name.toLowerCase()
  for (const own of [account, 'drawbridge', 'proxmox', 'homelab']) {
    if (own.length >= 3 && lower.replaceAll(own, '').length < 8)
      return own === account ? 'it is mostly your name' : `it is mostly "${own}"`
  }
  if (lower.length - core.length < 8 && isCommon(core) && core.length >= 4)
    return 'it is a common password with something hung on'
  return null
}

/** Refuses (400) a password that would be guessed among the first. */
export async function refuseGuessable(password: string, name: string): Promise<void> {
  const why = await whyGuessable(password, name)
  if (why === null) return
  const message = `This password would be guessed among the first - ${why} - take a short sentence of your own.`
  throw new Refusal(400, 'password.guessable', message, {
    issues: [{ path: ['password'], message: `${why}; take a short sentence of your own` }],
  })
}

const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl']
const ALL_ROWS = ROWS.flatMap((row) => [row + row, [...(row + row)].reverse().join('')])

/** Whether all of it runs along rows, in pieces of at least four. */
function isRow(text: string): boolean {
  let rest = text
  while (rest.length > 0) {
    const length = runOf(rest)
    if (length < Math.min(4, rest.length)) return false
    rest = rest.slice(length)
  }
  return true
}

function runOf(text: string): number {
  for (let length = text.length; length > 0; length--)
    if (ALL_ROWS.some((row) => row.includes(text.slice(0, length)))) return length
  return 0
}

let loading: Promise<ReadonlySet<string>> | null = null

/** Read at the first password that is set, not at start: nobody sets one on most days. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set<string>(dictionary['passwords-common'] as string[]),
  )
  return loading
}
