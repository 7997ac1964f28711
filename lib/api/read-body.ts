import { Refusal } from './refusal'

/** The longest body that is read, in bytes: a document of the greatest size, as a JSON string. */
export const MAX_BODY_BYTES = 12 * 1024 * 1024

/**
 * The JSON of a request's body; undefined for an empty one. Refuses what is not JSON (415, 400) and
 * stops reading what is too long (413), whatever its length header says.
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request)
  if (text.trim() === '') return undefined
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(
      415,
      'input.not-json',
      `The body is "${type || 'of no type'}" - only JSON is read here - send it with content-type application/json.`,
    )
  }
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

async function readText(request: Request): Promise<string> {
  if (!request.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > MAX_BODY_BYTES) {
      throw new Refusal(
        413,
        'input.too-large',
        `The request is too large - at most ${MAX_BODY_BYTES / 1024 / 1024} MiB are read - send less at once.`,
      )
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
