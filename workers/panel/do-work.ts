import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { PanelError } from '@/lib/base/errors'
import type { DoWork, WorkAnswer } from '@/lib/db/work'
import { programOf, root } from './place'

/** A large database on a slow card takes its time; longer than this is stuck, in milliseconds. */
const PATIENCE_MS = 60 * 60_000

/** Work in a child process of the admin's program; ends with the panel. */
export const doWork: DoWork = async (kind, ask) => {
  const program = programOf('admin')
  const child = spawn(process.execPath, [...asSource(program), program, 'work'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    // What it needs comes in on standard input.
    env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV },
    timeout: PATIENCE_MS,
  })
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  try {
    child.stdin.end(JSON.stringify({ kind, ask }))
    const said = text(child.stdout)
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, signal) => resolve(status ?? signal ?? 'unknown'))
    })
    const answer = parseAnswer(await said)
    if (!answer)
      throw new WorkError(
        'work.ended',
        `The work ended early (${code}) - it was stopped, or there was no memory for it - try again.`,
      )
    if (!answer.ok) throw new WorkError(answer.code, answer.message)
    return answer.answer as never
  } finally {
    process.off('exit', end)
  }
}

/** What Node needs to run a file of the sources. */
const asSource = (program: string): string[] => (program.endsWith('.ts') ? ['--import', 'tsx'] : [])

function parseAnswer(said: string): WorkAnswer | null {
  const line = said.trim().split('\n').at(-1)
  return line ? (JSON.parse(line) as WorkAnswer) : null
}

/** What the child process said instead of an answer. */
class WorkError extends PanelError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
