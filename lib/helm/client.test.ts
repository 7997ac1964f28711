import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { helmClient } from './client'
import { type HelmCode, HelmError } from './errors'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-helm-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const KUBECONFIG = 'apiVersion: v1\nusers: [{user: {client-key-data: hush-hush-hush}}]\n'

/** What a run of the executable was given. */
type Seen = {
  argv: string[]
  env: Record<string, string>
  stdin: string
  kubeconfig: string
  mode: number
}

/** A `helm` that writes down what it was given, says something and ends with a code. */
function fakeHelm(name: string, { out = '', err = '', code = 0, waitMs = 0 } = {}) {
  const path = join(folder, `${name}.mjs`)
  const seenPath = join(folder, `${name}.json`)
  writeFileSync(
    path,
    `import { readFileSync, statSync, writeFileSync } from 'node:fs'
const file = process.env.KUBECONFIG
const seen = { argv: process.argv.slice(2), env: process.env, stdin: readFileSync(0, 'utf8'),
  kubeconfig: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 }
writeFileSync(${JSON.stringify(seenPath)}, JSON.stringify(seen))
process.stdout.write(${JSON.stringify(out)})
process.stderr.write(${JSON.stringify(err)})
setTimeout(() => process.exit(${code}), ${waitMs})
`,
  )
  const client = helmClient({ path, kubeconfig: new Secret(KUBECONFIG) })
  return { client, seen: () => JSON.parse(readFileSync(seenPath, 'utf8')) as Seen, seenPath }
}

const INSTALL = {
  release: 'monitoring',
  namespace: 'monitoring',
  chart: 'kube-prometheus-stack',
  repo: 'https://charts.example',
  version: '1.2.3',
  values: { grafana: { adminPassword: 'secret-password' } },
  timeoutS: 600,
  labels: { 'drawbridge.values': 'abc', 'drawbridge.addon': 'kube-prometheus-stack' },
}
const io = (lines: string[] = [], signal = AbortSignal.timeout(15_000)) => ({
  log: (line: string) => void lines.push(line),
  signal,
})

test('an install waits, carries its labels, and passes its values by standard input', async () => {
  const { client, seen } = fakeHelm('install', { out: 'one\ntwo\n', err: 'three\n' })
  const lines: string[] = []
  await client.install(INSTALL, io(lines))
  expect(lines.toSorted()).toEqual(['one', 'three', 'two'])
  expect(seen().argv.join(' ')).toBe(
    'upgrade monitoring kube-prometheus-stack --install --namespace monitoring --repo https://charts.example --version 1.2.3 --values - --wait --timeout 600s --labels drawbridge.values=abc,drawbridge.addon=kube-prometheus-stack',
  )
  expect(JSON.parse(seen().stdin)).toEqual(INSTALL.values)
})

test('nothing secret is in its arguments or environment; the kubeconfig is private and goes', async () => {
  process.env.DRAWBRIDGE_TEST_SECRET = 'of the panel'
  const { client, seen } = fakeHelm('secret')
  await client.install(INSTALL, io())
  const { argv, env, kubeconfig, mode } = seen()
  expect(JSON.stringify([argv, env])).not.toMatch(/secret-password|hush-hush|of the panel/)
  expect(kubeconfig).toBe(KUBECONFIG)
  expect(mode).toBe(0o600)
  expect(existsSync(env.KUBECONFIG ?? '')).toBe(false)
  delete process.env.DRAWBRIDGE_TEST_SECRET
})

test('a chart of an OCI registry names no repository', async () => {
  const { client, seen } = fakeHelm('oci')
  await client.install(
    { ...INSTALL, chart: 'oci://reg.example/x', repo: 'oci://reg.example' },
    io(),
  )
  expect(seen().argv).not.toContain('--repo')
})

test.each<[err: string, code: HelmCode, transient: boolean]>([
  [
    'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress',
    'helm.in-progress',
    false,
  ],
  ['Error: INSTALLATION FAILED: context deadline exceeded', 'helm.timeout', false],
  ['Error: failed calling webhook "x": no endpoints available', 'helm.webhook', true],
  ['Error: looks like "https://x" is not a valid chart repository', 'helm.chart-unavailable', true],
  ['Error: something else', 'helm.failed', false],
])('%s', async (err, code, transient) => {
  const { client } = fakeHelm(`fails-${code}`, { err: `${err}\n`, code: 1 })
  const failure = await client.install(INSTALL, io()).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HelmError)
  expect(failure).toMatchObject({ code, transient, message: expect.stringContaining(err) })
})

test('no executable is said in words', async () => {
  const client = helmClient({ path: join(folder, 'nowhere'), kubeconfig: new Secret(KUBECONFIG) })
  await expect(client.version()).rejects.toMatchObject({
    code: 'helm.not-found',
    message: expect.stringContaining('Settings > Connections'),
  })
})

test('its signal ends it', async () => {
  const { client, seenPath } = fakeHelm('cancelled', { waitMs: 60_000 })
  const controller = new AbortController()
  const running = client.install(INSTALL, io([], controller.signal))
  const looking = setInterval(() => existsSync(seenPath) && controller.abort('cancel'), 20)
  await expect(running).rejects.toMatchObject({ code: 'helm.cancelled' })
  clearInterval(looking)
})

test('releases and their history are read', async () => {
  const releases = [
    {
      name: 'a',
      namespace: 'b',
      revision: '2',
      status: 'deployed',
      chart: 'c-1',
      app_version: '9',
    },
  ]
  const { client, seen } = fakeHelm('list', { out: JSON.stringify(releases) })
  expect(await client.list()).toEqual([
    { name: 'a', namespace: 'b', revision: 2, status: 'deployed', chart: 'c-1', appVersion: '9' },
  ])
  expect(seen().argv).toContain('--all-namespaces')
  const history = [{ revision: 1, status: 'superseded', chart: 'c-1', more: 'x' }]
  const other = fakeHelm('history', { out: JSON.stringify(history) })
  expect(await other.client.history('a', 'b')).toEqual([
    { revision: 1, status: 'superseded', chart: 'c-1' },
  ])
})
