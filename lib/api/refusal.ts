import { knowAcrossBundles, PanelError } from '@/lib/base/errors'
import type { ApiError } from './contract'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429

/** An answer that the API gives on purpose: the client sees it whole, the log does not see it. */
export class Refusal extends PanelError {
  override name = 'Refusal'
  readonly code: string
  readonly detail: Pick<ApiError, 'issues' | 'conflict'>

  /** `message` is what - why - what to do. */
  constructor(
    readonly status: RefusalStatus,
    code: string,
    message: string,
    detail: Pick<ApiError, 'issues' | 'conflict'> = {},
  ) {
    super(message)
    this.code = code
    this.detail = detail
  }

  /** The body of the answer. */
  toBody(): ApiError {
    return { code: this.code, message: this.message, ...this.detail }
  }
}

knowAcrossBundles(Refusal, 'refusal')

/** 404 for an object that is named by its kind and id: `There is no job "j1" - ...`. */
export const noSuch = (
  kind: 'topology' | 'revision' | 'job' | 'connection' | 'token' | 'passkey' | 'session',
  id: string | number,
) =>
  new Refusal(
    404,
    `${kind}.unknown`,
    `There is no ${kind} "${id}" - it was removed or never existed - go back to the list and choose another.`,
  )
