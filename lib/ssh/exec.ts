import type { Client, ClientChannel } from 'ssh2'
import { NotBegunError, SshError } from './errors'
import { lineReader } from './lines'
import type { RunOptions, RunResult } from './session'
import { type ShellText, sh } from './shell'

const TIMEOUT_MS = 60_000
/** Output beyond this is streamed line by line but no longer kept. */
const KEPT_CHARACTERS = 4_000_000

export type ExecOptions = RunOptions & {
  /** Standard output as it comes; then it is neither kept nor cut into lines. */
  onChunk?(chunk: Buffer): void
}

/** Runs one command in a channel of its own. Resolves with any exit code; throws {@link SshError}. */
export async function exec(
  client: Client,
  name: string,
  command: ShellText,
  options: ExecOptions = {},
): Promise<RunResult> {
  options.signal?.throwIfAborted()
  const text = String(options.sudo ? sh`sudo -n sh -c ${String(command)}` : command)
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown) => reject(new NotBegunError(name, cause))
    const onClose = () => lost(null)
    client.once('close', onClose)
    try {
      client.exec(text, (error, channel) => {
        client.off('close', onClose)
        if (error) return lost(error)
        // At once, not after an await: output and exit may stand in the very packet that follows.
        follow(channel, name, command, options).then(resolve, reject)
      })
    } catch (error) {
      client.off('close', onClose)
      lost(error) // ssh2 throws "Not connected" when the socket is gone.
    }
  })
}

function follow(
  channel: ClientChannel,
  name: string,
  command: ShellText,
  { stdin, onLine, onChunk, signal, timeoutMs = TIMEOUT_MS }: ExecOptions,
): Promise<RunResult> {
  const out = collector((line) => onLine?.(line, 'out'))
  const err = collector((line) => onLine?.(line, 'err'))
  let ended: { code: number } | null = null
  let settled = false
  return new Promise((resolve, reject) => {
    const settle = (failure?: unknown) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      out.end()
      err.end()
      if (failure !== undefined) reject(failure)
      else if (ended) resolve({ code: ended.code, out: out.text(), err: err.text() })
      else
        reject(
          new SshError(
            'ssh.disconnected',
            `The connection to ${name} broke while ${programOf(command)} ran.`,
          ),
        )
    }
    /** Ends the command there and the waiting here: a dead network never delivers the close. */
    const abandon = (why: unknown) => {
      channel.signal('TERM')
      channel.close()
      settle(why)
    }
    const onAbort = () => abandon(signal?.reason)
    const timer = setTimeout(() => abandon(tooLong(command, name, timeoutMs)), timeoutMs)
    channel.on('data', onChunk ?? out.push)
    channel.stderr.on('data', err.push)
    // A command ended by a signal has no code: as shells do, 128 and more.
    channel.once('exit', (code: number | null) => {
      ended = { code: code ?? 128 }
    })
    channel.once('close', () => settle())
    channel.on('error', () => undefined) // A close follows.
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) return onAbort()
    channel.end(stdin)
  })
}

const tooLong = (command: ShellText, name: string, timeoutMs: number) =>
  new SshError(
    'ssh.timeout',
    `${programOf(command)} on ${name} did not end within ${Math.round(timeoutMs / 1000)} s.`,
  )

function collector(onLine: (line: string) => void) {
  const kept: string[] = []
  let length = 0
  const lines = lineReader((line) => {
    if (length < KEPT_CHARACTERS) kept.push(line)
    length += line.length + 1
    onLine(line)
  })
  return { ...lines, text: () => kept.join('\n') }
}

/** The program's name alone: arguments can be long, and messages are for people. */
export const programOf = (command: ShellText): string =>
  String(command)
    .split(/\s+/)
    .find((word) => !/^(sudo|-n|sh|-c|env|\w+=.*)$/.test(word))
    ?.replaceAll("'", '') ?? 'the command'
