import { PanelError } from '@/lib/base/errors'

export type GuestCode =
  | 'guest.no-route'
  | 'guest.no-dns'
  | 'guest.clock-skew'
  | 'guest.apt-locked'
  | 'guest.apt-signature'
  | 'guest.apt-unreachable'
  | 'guest.apt-failed'
  | 'guest.disk-missing'
  | 'guest.disk-foreign'
  | 'guest.config-invalid'
  | 'guest.service-down'
  | 'guest.download-failed'
  | 'guest.no-release'
  | 'guest.checksum'
  | 'guest.unexpected-answer'

const TRANSIENT: ReadonlySet<GuestCode> = new Set<GuestCode>([
  'guest.apt-locked',
  'guest.apt-unreachable',
  'guest.download-failed',
])

/** What is wrong inside a machine. `message` says what, why and what to do. */
export class GuestError extends PanelError {
  readonly code: GuestCode
  override readonly transient: boolean

  constructor(code: GuestCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'GuestError'
    this.code = code
    this.transient = TRANSIENT.has(code)
  }
}
