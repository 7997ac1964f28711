import type { ShellText } from './shell'

export type { ShellText }

export type RunOptions = {
  /** Sent to the command's standard input; the way secrets travel. */
  stdin?: string | Uint8Array
  /** As root, through `sudo -n`. */
  sudo?: boolean
  /** Each line as it comes, without its newline. */
  onLine?(line: string, stream: 'out' | 'err'): void
  /** Default 60,000; of runLong 30 minutes. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** `out` and `err` are lines joined by newlines, without a last one. */
export type RunResult = { code: number; out: string; err: string }

/**
 * One machine over SSH, through its connection's dialer, host key pinned. Errors are `SshError`
 * (`ssh.unreachable` and `ssh.disconnected` transient, `ssh.auth`, `ssh.timeout`).
 */
export type GuestSession = {
  /** Resolves with any exit code. */
  run(command: ShellText, options?: RunOptions): Promise<RunResult>
  /** Throws `ssh.command-failed` with the last lines of its errors unless it exits 0. */
  must(command: ShellText, options?: RunOptions): Promise<string>
  /**
   * A long command that outlives the connection, as root: a transient systemd unit named `name` on
   * the guest writes to a file, which is read from an offset; `out` holds both of its streams.
   * Called again after a crash it attaches to the running or finished unit of that name instead of
   * starting a second, and passes on the whole output again. An abort whose reason says `cancel`
   * stops the unit; any other (a lost lease, a shutdown) leaves it for whoever attaches next.
   */
  runLong(name: string, command: ShellText, options?: Omit<RunOptions, 'stdin'>): Promise<RunResult>
  /** Writes atomically (temporary name, then rename) with this mode, as root. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options: { mode: string; owner?: string },
  ): Promise<void>
  /** Null if there is none. As root. */
  readFile(path: string): Promise<string | null>
  /** Asks for a reboot and waits until it is up again with another boot id. */
  reboot(options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>
}
