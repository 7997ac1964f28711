import { PanelError } from '@/lib/base/errors'

export type KubernetesCode =
  | 'kubernetes.unreachable'
  | 'kubernetes.auth'
  | 'kubernetes.forbidden'
  | 'kubernetes.not-found'
  | 'kubernetes.conflict'
  | 'kubernetes.webhook'
  | 'kubernetes.busy'
  | 'kubernetes.invalid'
  | 'kubernetes.failed'
  | 'kubernetes.kubeconfig'

const TRANSIENT: ReadonlySet<KubernetesCode> = new Set([
  'kubernetes.unreachable',
  'kubernetes.conflict',
  'kubernetes.webhook',
  'kubernetes.busy',
] as const)

/** A call to a cluster that did not do what was asked. `message` is fit for the browser. */
export class KubernetesError extends PanelError {
  readonly code: KubernetesCode
  override readonly transient: boolean
  /** HTTP status, null if nothing answered. */
  readonly status: number | null

  constructor(
    code: KubernetesCode,
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'KubernetesError'
    this.code = code
    this.transient = TRANSIENT.has(code)
    this.status = options.status ?? null
  }
}

/** The error for an answer that is not 2xx. `said` is the Status object's message. */
export function toKubernetesError(status: number, said: string, what: string): KubernetesError {
  const code = codeOf(status, said)
  return new KubernetesError(code, `${what}: ${said || `HTTP ${status}`}`, { status })
}

function codeOf(status: number, said: string): KubernetesCode {
  // A webhook that is not up yet answers for the API server (500); it passes by itself.
  if (/failed calling webhook|no endpoints available for service/.test(said)) {
    return 'kubernetes.webhook'
  }
  if (status === 401) return 'kubernetes.auth'
  if (status === 403) return 'kubernetes.forbidden'
  if (status === 404) return 'kubernetes.not-found'
  if (status === 409) return 'kubernetes.conflict'
  if (status === 429 || status === 503 || status === 504) return 'kubernetes.busy'
  if (status === 400 || status === 422) return 'kubernetes.invalid'
  return 'kubernetes.failed'
}
