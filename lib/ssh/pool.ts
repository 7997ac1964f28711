import type { Client } from 'ssh2'
import { connectSsh, type SshTarget } from './connect'
import { NotBegunError } from './errors'
import { type ExecOptions, exec } from './exec'
import type { RunResult } from './session'
import type { ShellText } from './shell'

/** Channels side by side on one connection: sshd allows 10 (MaxSessions). */
const CHANNELS = 8
const IDLE_MS = 60_000

/**
 * One connection to one machine: opened when first needed, shared by up to eight channels, closed
 * when idle, opened again when it broke.
 */
export type SharedConnection = {
  /** Runs `use` on the connection; a broken one is replaced, once, if nothing was begun on it. */
  withClient<T>(use: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T>
  exec(command: ShellText, options?: ExecOptions): Promise<RunResult>
  /** Closes it; the next use opens another. */
  drop(): void
  readonly name: string
}

/** See {@link SharedConnection}. `target` is asked at each opening, so that new keys are used. */
export function shareConnection(
  name: string,
  target: () => Promise<SshTarget>,
  idleMs = IDLE_MS,
): SharedConnection {
  let opening: Promise<Client> | null = null
  let idle: NodeJS.Timeout | undefined
  let users = 0
  const waiting: (() => void)[] = []

  const drop = () => {
    clearTimeout(idle)
    const old = opening
    opening = null
    old?.then((client) => client.end()).catch(() => undefined) // Its opener was told.
  }
  const begin = (): Promise<Client> => {
    const mine = (async () => connectSsh(await target()))()
    opening = mine
    mine.then(
      (client) => client.once('close', () => opening === mine && drop()),
      () => {
        if (opening === mine) opening = null
      },
    )
    return mine
  }
  /** Shared by all who wait, so that the abort of one does not fail the others. */
  const open = (signal?: AbortSignal): Promise<Client> => {
    const mine = opening ?? begin()
    return signal ? unlessAborted(mine, signal) : mine
  }
  const enter = async () => {
    clearTimeout(idle)
    if (users >= CHANNELS) await new Promise<void>((resolve) => waiting.push(resolve))
    else users++
  }
  const leave = () => {
    const next = waiting.shift()
    if (next) return next()
    users--
    if (users === 0) {
      idle = setTimeout(drop, idleMs)
      idle.unref()
    }
  }
  const withClient = async <T>(use: (client: Client) => Promise<T>, signal?: AbortSignal) => {
    await enter()
    try {
      const reused = opening !== null
      const client = await open(signal)
      try {
        return await use(client)
      } catch (error) {
        if (!(reused && error instanceof NotBegunError)) throw error
        drop()
        return await use(await open(signal))
      }
    } finally {
      leave()
    }
  }
  return {
    name,
    drop,
    withClient,
    exec: (command, options) =>
      withClient((client) => exec(client, name, command, options), options?.signal),
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
