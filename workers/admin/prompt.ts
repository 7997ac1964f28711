import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Secret } from '@/lib/base/secret'
import { AdminError } from './command'

/** Nothing secret is taken from the argument list: every user of the machine can read that. */
const isTerminal = () => process.stdin.isTTY === true

let piped: string[] | null = null

/** The next line of standard input that is not empty. */
async function nextAnswer(): Promise<string | null> {
  let line = await nextPiped()
  while (line === '') line = await nextPiped()
  return line
}

/** The next line of standard input where nobody types it. */
async function nextPiped(): Promise<string | null> {
  piped ??= (await text(process.stdin)).split(/\r?\n/)
  return piped.shift() ?? null
}

/**
 * A secret, typed without an echo, or the next line of standard input. Throws when there is none.
 */
export async function askSecret(question: string): Promise<Secret> {
  const given = isTerminal() ? await typed(question, false) : await nextAnswer()
  if (given) return new Secret(given)
  throw new AdminError(
    'admin.nothing-given',
    `Nothing was given - ${question.toLowerCase()} is read from the terminal or from standard input - type it, or pipe it in.`,
  )
}

/** A secret that is typed twice on a terminal, so that a slip is found. */
export async function askNewSecret(question: string): Promise<Secret> {
  const first = await askSecret(question)
  if (!isTerminal()) return first
  const second = await askSecret(`${question} again`)
  if (first.reveal() === second.reveal()) return first
  throw new AdminError('admin.not-the-same', 'The two are not the same - run it again.')
}

/** Whether the person agrees; without a terminal only `--yes` does. */
export async function agree(question: string, said: boolean): Promise<boolean> {
  if (said) return true
  if (!isTerminal()) return false
  return /^y(es)?$/i.test(await typed(`${question} [y/N]`, true))
}

/** Everything that stands on standard input up to its end, or to an empty line after `until`. */
export async function readBlock(until: RegExp): Promise<string> {
  if (!isTerminal()) {
    const lines: string[] = []
    for (let line = await nextPiped(); line !== null; line = await nextPiped()) {
      lines.push(line)
      if (until.test(line)) break
    }
    return lines.join('\n')
  }
  const reader = createInterface({ input: process.stdin })
  const lines: string[] = []
  for await (const line of reader) {
    lines.push(line)
    if (until.test(line)) break
  }
  reader.close()
  return lines.join('\n')
}

async function typed(question: string, echo: boolean): Promise<string> {
  process.stderr.write(`${question}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : silent,
    terminal: true,
  })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
