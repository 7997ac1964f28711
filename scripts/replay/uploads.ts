import { createHash } from 'node:crypto'

type Sent = { body: string; headers: Record<string, string> }

/** The recording keeps no bodies of uploads; these are what its names and logs tell of them. */
const UPLOADS: Record<string, { content: string; filename: string; bytes: number; sum?: string }> =
  {
    upload: { content: 'iso', filename: 'up.iso', bytes: 100_000 },
    'upload-badext': { content: 'iso', filename: 'up.txt', bytes: 1000 },
    'upload-sum': { content: 'iso', filename: 'up2.iso', bytes: 1000, sum: 'right' },
    'upload-badsum': { content: 'iso', filename: 'up3.iso', bytes: 1000, sum: '0'.repeat(64) },
    'upload-snippet': { content: 'snippets', filename: 'x.yaml', bytes: 100 },
  }

const BOUNDARY = 'drawbridge-replay'

/** The multipart request of that name, or null if it is no upload. */
export function uploadOf(name: string): Sent | null {
  const upload = UPLOADS[name]
  if (!upload) return null
  const file = 'x'.repeat(upload.bytes)
  const sum = upload.sum === 'right' ? createHash('sha256').update(file).digest('hex') : upload.sum
  const fields: [string, string][] = [
    ['content', upload.content],
    ...(sum === undefined
      ? []
      : ([
          ['checksum-algorithm', 'sha256'],
          ['checksum', sum],
        ] as [string, string][])),
  ]
  const parts = fields.map(
    ([key, value]) => `Content-Disposition: form-data; name="${key}"\r\n\r\n${value}`,
  )
  parts.push(
    `Content-Disposition: form-data; name="filename"; filename="${upload.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n${file}`,
  )
  return {
    body: `${parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join('')}--${BOUNDARY}--\r\n`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  }
}
