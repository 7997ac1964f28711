import { PanelError } from '@/lib/base/errors'

export type SshCode =
  | 'ssh.unreachable'
  | 'ssh.disconnected'
  | 'ssh.auth'
  | 'ssh.timeout'
  | 'ssh.command-failed'

/** A machine could not be reached over SSH, or a command on it failed. One sentence, no secrets. */
export class SshError extends PanelError {
  readonly code: SshCode
  override readonly transient: boolean

  constructor(code: SshCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'SshError'
    this.code = code
    this.transient = code === 'ssh.unreachable' || code === 'ssh.disconnected'
  }
}

/** The connection was gone before the command could have started: it may be sent on another one. */
export class NotBegunError extends SshError {
  constructor(name: string, cause?: unknown) {
    super('ssh.disconnected', `The connection to ${name} is gone.`, cause)
  }
}
