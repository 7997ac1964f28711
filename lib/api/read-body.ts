import { Refusal } from './refusal'

const KIB = 1024
const MIB = 1024 * KIB

/** How deep a body may nest and how many keys and entries it may have: far more than any has. */
export const SHAPE = { depth: 32, entries: 50_000 }

/**
 * The JSON of a request's body; undefined for an empty one. Refuses what is not JSON (415, 400),
 * what nests too deep or has too many parts (400), and stops reading what is longer than
 * `limitBytes` (413), whatever its length header says.
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const text = await readText(request, limitBytes)
  if (text.trim() === '') return undefined
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(
      415,
      'input.not-json',
      `The body is "${type || 'of no type'}" - only JSON is read here - send it with content-type application/json.`,
    )
  }
  const value = parse(text)
  if (!isReasonable(value))
    throw new Refusal(
      400,
      'input.too-complex',
      `The body nests deeper than ${SHAPE.depth} levels or has more than ${SHAPE.entries} parts - no request of the panel does - send less at once.`,
    )
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const where = cause instanceof SyntaxError ? cause.message : ''
    throw new Refusal(
      400,
      'input.not-json',
      `The body is no valid JSON - ${where} - correct it and send it again.`,
    )
  }
}

/** Level by level, so that no depth can exhaust the stack. */
function isReasonable(value: unknown): boolean {
  let level: unknown[] = [value]
  let entries = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > SHAPE.depth) return false
    const next: unknown[] = []
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue
      const inner = Object.values(each)
      entries += inner.length
      if (entries > SHAPE.entries) return false
      for (const one of inner) next.push(one)
    }
    level = next
  }
  return true
}

/**
 * The body as text, for what is signed as it came. Refuses what is longer than `limitBytes` (413) or no
 * UTF-8 (400).
 */
export async function readText(request: Request, limitBytes: number): Promise<string> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limitBytes) throw tooLarge(limitBytes)
  if (!request.body) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > limitBytes) throw tooLarge(limitBytes)
    text += decoded(decoder, chunk)
  }
  return text + decoded(decoder)
}

function tooLarge(limitBytes: number): Refusal {
  const most = limitBytes >= MIB ? `${limitBytes / MIB} MiB` : `${limitBytes / KIB} KiB`
  return new Refusal(
    413,
    'input.too-large',
    `The request is too large - at most ${most} are read here - send less at once.`,
  )
}

/** What is not UTF-8 would be read as something that nobody wrote. */
function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new Refusal(
      400,
      'input.not-utf8',
      'The body is not UTF-8 - it was written in another encoding or damaged on its way - save it as UTF-8 and send it again.',
    )
  }
}
