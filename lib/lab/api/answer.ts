/** One HTTP answer. `delayMs` is virtual: how long PVE sits on it before it sends. */
export type Answer = {
  status: number
  /** The reason phrase; PVE puts the first line of its errors here. */
  reason: string
  /** Null: an empty body without content type, as PVE's 401 has. */
  body: string | null
  delayMs: number
}

/** A failure in PVE's own words, thrown by transitions and turned into an answer or a task error. */
export class LabError extends Error {
  override name = 'LabError'

  constructor(
    message: string,
    readonly status = 500,
    readonly errors: Record<string, string> | null = null,
    readonly delayMs = 0,
  ) {
    super(message)
  }
}

/** `{"data": ...}`, with a total where PVE lists with one. */
export function ok(data: unknown, extra: Record<string, unknown> = {}): Answer {
  return { status: 200, reason: 'OK', body: JSON.stringify({ data, ...extra }), delayMs: 0 }
}

/** Reason phrase = first line; body = the whole message with its newline, and the parameter errors. */
export function errorAnswer(error: LabError): Answer {
  const firstLine = error.message.split('\n')[0] ?? ''
  const body: Record<string, unknown> = { data: null, message: `${error.message}\n` }
  if (error.errors) body.errors = error.errors
  return {
    status: error.status,
    reason: firstLine,
    body: JSON.stringify(body),
    delayMs: error.delayMs,
  }
}

/** Status line only: refused sign-ins (after 3 s), dead daemons, impossible methods. */
export const bare = (status: number, reason: string, delayMs = 0): Answer => ({
  status,
  reason,
  body: null,
  delayMs,
})

/** 400 with one line per parameter. */
export const invalid = (errors: Record<string, string>): LabError =>
  new LabError('Parameter verification failed.', 400, errors)
