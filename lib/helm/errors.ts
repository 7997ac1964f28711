import { PanelError } from '@/lib/base/errors'

export type HelmCode =
  | 'helm.not-found'
  | 'helm.unsafe'
  | 'helm.timeout'
  | 'helm.chart-unavailable'
  | 'helm.in-progress'
  | 'helm.webhook'
  | 'helm.failed'
  | 'helm.cancelled'
  | 'helm.foreign-release'

/** A run of Helm that failed. `message` holds its last words, without secrets. */
export class HelmError extends PanelError {
  readonly code: HelmCode
  override readonly transient: boolean

  constructor(code: HelmCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'HelmError'
    this.code = code
    this.transient = code === 'helm.chart-unavailable' || code === 'helm.webhook'
  }
}

/** What Helm's last words mean, first match wins (Helm 3 sources, messages of `upgrade`). */
const MEANINGS: [RegExp, HelmCode][] = [
  [/another operation .* is in progress/, 'helm.in-progress'],
  [/timed out waiting for the condition|context deadline exceeded/, 'helm.timeout'],
  [/failed calling webhook|no endpoints available/, 'helm.webhook'],
  [
    /failed to (fetch|download)|looks like .* is not a valid chart repository|no such host|connection refused/,
    'helm.chart-unavailable',
  ],
]

/** The code for what Helm wrote to its error stream. */
export const helmCode = (said: string): HelmCode =>
  MEANINGS.find(([pattern]) => pattern.test(said))?.[1] ?? 'helm.failed'
