import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Call } from './transport'

/**
 * A form with its fields first and one file last, streamed. PVE reads the fields before the file
 * and refuses them after it (AnyEvent.pm, file upload).
 */
export function multipartFile(
  fields: Record<string, string>,
  name: string,
  content: Uint8Array | Readable,
): NonNullable<Call['multipart']> {
  const boundary = `drawbridge-${randomBytes(12).toString('hex')}`
  const head = Buffer.from(
    [
      ...Object.entries(fields).flatMap(([key, value]) => [
        `--${boundary}`,
        `Content-Disposition: form-data; name="${key}"`,
        '',
        value,
      ]),
      `--${boundary}`,
      `Content-Disposition: form-data; name="filename"; filename="${name.replaceAll('"', '')}"`,
      'Content-Type: application/octet-stream',
      '',
      '',
    ].join('\r\n'),
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: content instanceof Uint8Array ? head.length + content.length + tail.length : null,
    body: (async function* () {
      yield head
      if (content instanceof Uint8Array) yield content
      else yield* content as AsyncIterable<Uint8Array>
      yield tail
    })(),
  }
}
