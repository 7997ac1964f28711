import http from 'node:http'
import { startPanel, type TestPanel } from '@/e2e/support/panel'
import { api, pages } from '@/lib/api/paths'
import { setupTokenIn } from '@/lib/api/setup-link'
import { type Bench, type Measured, measured } from './bench'

const ACCOUNT = { name: 'bench', password: 'only-for-measuring-42' }

type Sizes = { html: Measured; js: Measured; summary: Measured }

/**
 * Sizes as they go over the wire, with the blueprint to tell about. Next compresses files and pages,
 * but not what a route handler answers, so the note says which it was.
 */
async function sizes(): Promise<Sizes> {
  const panel = await startPanel()
  try {
    const cookie = await signIn(panel)
    const send = { method: 'POST', headers: { origin: panel.url, cookie, ...JSON_TYPE } }
    const made = await fetch(panel.url + api.topologies(), {
      ...send,
      body: JSON.stringify({ from: 'blueprint' }),
    })
    if (!made.ok) throw new Error(await made.text())
    const size = async (path: string) => {
      const { bytes, encoding } = await encodedBytes(panel.url + path, cookie)
      return measured([bytes / 1000], 2, `${path}, sent ${encoding}, headers not counted`)
    }
    return {
      html: await size(pages.status()),
      js: await size('/status.js'),
      summary: await size(api.status()),
    }
  } finally {
    await panel.remove()
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function signIn(panel: TestPanel): Promise<string> {
  const token = setupTokenIn(panel.setupLink ?? '')
  const answer = await fetch(panel.url + api.setup(), {
    method: 'POST',
    headers: { origin: panel.url, ...JSON_TYPE },
    body: JSON.stringify({ token, ...ACCOUNT }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ')
}

/** Bytes of the body as sent; `fetch` would have unpacked them. */
function encodedBytes(url: string, cookie: string): Promise<{ bytes: number; encoding: string }> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, 'accept-encoding': 'gzip' }
    const asked = http.get(url, { headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`))
      let bytes = 0
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length
      })
      const encoding = answer.headers['content-encoding'] ?? 'as it is'
      answer.on('end', () => resolve({ bytes, encoding }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
  })
}

/** One panel for the three figures. */
let taken: Promise<Sizes> | null = null
const once = () => {
  taken ??= sizes()
  return taken
}

export const benches: Bench[] = [
  { name: 'status.html_kb', unit: 'kB', run: async () => (await once()).html },
  { name: 'status.js_kb', unit: 'kB', run: async () => (await once()).js },
  { name: 'status.summary_kb', unit: 'kB', run: async () => (await once()).summary },
]
