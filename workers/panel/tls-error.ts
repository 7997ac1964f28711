import { PanelError } from '@/lib/base/errors'

/** A certificate that the panel cannot be served with. */
export class TlsError extends PanelError {
  /** `message` is what - why - what to do. */
  constructor(
    readonly code: `tls.${string}`,
    message: string,
  ) {
    super(message)
  }
}
