import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What the web process is made of; the browser's own code may of course ask its own server. */
const WEB = ['app', 'lib/auth', 'lib/db', 'lib/api', 'lib/live', 'workers/panel', 'workers/admin']
const BROWSER = /^(lib\/api\/client[\w-]*\.ts|lib\/live\/client\.ts)$|^app\/.*\.tsx$/
const NOT_PRODUCT = /\.(test|spec)\.|\/(generated|testing)\//

/** Ways to open a connection. A question to the provisioner is how the web process asks for one. */
const OPENS = [
  /(?<![.\w])fetch\(/,
  /from 'undici'/,
  /\b(?:net|tls|http|https)\.(?:connect|createConnection|request|get)\(/,
  /import \{[^}]*\b(?:connect|createConnection|request|get)\b[^}]*\} from 'node:(?:net|tls|http|https|http2)'/,
  /from '(?:openid-client|ssh2|node-ssh|socks)'/,
]

const files = WEB.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => `${root}/${path}`),
).filter((file) => /\.tsx?$/.test(file) && !BROWSER.test(file) && !NOT_PRODUCT.test(file))

test('no file of the web process opens a connection', () => {
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    return OPENS.filter((way) => way.test(text)).map((way) => `${file}: ${way.source}`)
  })
  expect(files.length).toBeGreaterThan(100)
  expect(found).toEqual([])
})

test.each([
  "await fetch('https://x')",
  "import { request } from 'undici'",
  "import { connect } from 'node:net'",
  'tls.connect({ host })',
])('%s would be found', (text) => expect(OPENS.some((way) => way.test(text))).toBe(true))
