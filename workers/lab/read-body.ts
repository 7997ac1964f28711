import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Upload } from '@/lib/lab/api/request'
import { readIso } from '@/lib/lab/guest/iso9660'

/** A body that PVE refuses before any handler sees it: status line and text. */
export class BodyError extends Error {
  override name = 'BodyError'

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** Forms and JSON larger than this are no API calls (AnyEvent.pm limits them to 512 KiB). */
const MAX_BODY = 512 * 1024
/** Of an upload this much is kept to look for cloud-init data. */
const KEEP = 16 * 2 ** 20

export type Body = { params: Record<string, unknown>; upload: Upload | null }

/** Parameters of a request's body: form, JSON or an upload's parts. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const type = request.headers['content-type'] ?? ''
  const hasBody =
    Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers
  if (request.method === 'GET' || request.method === 'DELETE') {
    if (hasBody) throw new BodyError(501, `Unexpected content for method '${request.method}'`)
    return { params: {}, upload: null }
  }
  if (/^multipart\/form-data/.test(type)) return readMultipart(request, type)
  const text = await readText(request)
  if (text === '') return { params: {}, upload: null }
  if (/^application\/json/.test(type)) return { params: parseJson(text), upload: null }
  if (/^application\/x-www-form-urlencoded/.test(type) || type === '')
    return { params: toParams(new URLSearchParams(text)), upload: null }
  throw new BodyError(506, `upload 'Content-Type '${type}' not implemented`)
}

/** A repeated key becomes an array, as in PVE. */
export function toParams(search: URLSearchParams): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const key of new Set(search.keys())) {
    const values = search.getAll(key)
    params[key] = values.length > 1 ? values : values[0]
  }
  return params
}

/** The fault as JSON.pm tells it: what was expected, where, and what stands there. */
function inPerl(text: string, message: string): string {
  const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
  const rest = text.slice(at)
  const expected = /property name/.test(message)
    ? `'"' expected`
    : 'malformed JSON string, neither tag, array, object, number, string or atom'
  const shown = rest === '' ? '(end of string)' : rest.slice(0, 40)
  return `${expected}, at character offset ${at} (before "${shown}")`
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return value && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch (error) {
    const message = inPerl(text, error instanceof Error ? error.message : String(error))
    throw new BodyError(500, `${message} at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 917.`)
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY) throw new BodyError(501, 'for data too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Reads multipart/form-data as it comes (RFC 7578): fields as parameters; of the file its name,
 * size and SHA-256, and its text files if it is an ISO image. Nothing is written to disk.
 */
async function readMultipart(request: IncomingMessage, type: string): Promise<Body> {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (!boundary) throw new BodyError(501, 'missing multipart boundary')
  const body: Body = { params: {}, upload: null }
  const mark = Buffer.from(`\r\n--${boundary}`)
  let rest = Buffer.from('\r\n')
  let part: Part | null = null
  for await (const chunk of request) {
    rest = Buffer.concat([rest, chunk as Buffer])
    for (;;) {
      if (!part) {
        const opened = openPart(rest, mark)
        if (!opened) break
        part = opened.part
        rest = opened.rest
      }
      const end = rest.indexOf(mark)
      if (end < 0) {
        const safe = Math.max(0, rest.length - mark.length)
        part.add(rest.subarray(0, safe))
        rest = rest.subarray(safe)
        break
      }
      part.add(rest.subarray(0, end))
      part.close(body)
      part = null
      rest = rest.subarray(end)
    }
  }
  return body
}

type Part = { add(data: Buffer): void; close(body: Body): void }

function openPart(rest: Buffer, mark: Buffer): { part: Part; rest: Buffer<ArrayBuffer> } | null {
  const start = rest.indexOf(mark)
  const headEnd = start < 0 ? -1 : rest.indexOf('\r\n\r\n', start)
  if (headEnd < 0) return null
  const head = rest.subarray(start, headEnd).toString('utf8')
  const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
  const filename = /filename="([^"]*)"/.exec(head)?.[1]
  return { part: makePart(name, filename), rest: Buffer.from(rest.subarray(headEnd + 4)) }
}

function makePart(name: string, filename: string | undefined): Part {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let bytes = 0
  return {
    add(data) {
      hash.update(data)
      if (bytes < KEEP) kept.push(Buffer.from(data))
      bytes += data.length
    },
    close(body) {
      const data = Buffer.concat(kept)
      if (filename === undefined) {
        body.params[name] = data.toString('utf8')
        return
      }
      const iso = readIso(data)
      body.params.filename = filename
      body.upload = {
        filename,
        bytes,
        sha256: hash.digest('hex'),
        files: iso && /^cidata$/i.test(iso.volumeId) ? iso.files : null,
      }
    },
  }
}
