import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startPanel, type TestPanel } from '@/e2e/support/panel'
import { ensureBuilt } from '@/scripts/start/build.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const dir = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-panel-'))
const panels: TestPanel[] = []

beforeAll(async () => {
  await ensureBuilt(root)
}, 600_000)
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.remove()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function start(env: Record<string, string> = {}, dataDir?: string): Promise<TestPanel> {
  const panel = await startPanel({ env, ...(dataDir ? { dataDir } : {}) })
  panels.push(panel)
  return panel
}

/** Runs a panel that is expected to refuse; its exit code and what it printed as an error. */
function refusal(env: Record<string, string>): Promise<{ code: number | null; line: string }> {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'panel.mjs')], {
    env: { ...process.env, PORT: '0', LAB: 'off', DRAWBRIDGE_DATA: path.join(dir, 'data'), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let line = ''
  child.stderr.on('data', (piece) => {
    line += piece
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, line })))
}

/** Runs a panel that cannot start and goes on listening; where, and what it printed until then. */
async function troubled(env: Record<string, string>) {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'panel.mjs')], {
    env: { ...process.env, PORT: '0', LAB: 'off', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let line = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`it ended: ${line}`)))
    child.stdout.on('data', (piece) => {
      line += piece
      const shown = /not ready, see (http\S+)/.exec(line)?.[1]
      if (shown) resolve(shown)
    })
  })
  const end = () =>
    new Promise<number | null>((resolve) => {
      child.once('close', resolve)
      child.kill('SIGTERM')
    })
  return { url, line, end }
}

/** Process ids of the panel and of everything that it started. */
function family(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
  return [pid, ...children]
}
function parentOf(pid: string): number {
  try {
    const [, rest = ''] = readStat(pid).split(') ')
    return Number(rest.split(' ')[1])
  } catch {
    return 0
  }
}
const readStat = (pid: string) => readFileSync(`/proc/${pid}/stat`, 'utf8')
const gone = (pid: number) => {
  const stat = statSync(`/proc/${pid}`, { throwIfNoEntry: false })
  return stat === undefined || readStat(String(pid)).includes(') Z ')
}

test('it answers once ready, and SIGTERM ends it and its workers within ten seconds', async () => {
  const panel = await start()
  expect((await fetch(`${panel.url}/healthz`)).status).toBe(200)
  const pids = family(panel.pid)
  expect(pids.length).toBeGreaterThanOrEqual(3)
  const began = performance.now()
  expect(await panel.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(pids.filter((pid) => !gone(pid))).toEqual([])
})

test('when it is killed, its workers end by themselves', async () => {
  const panel = await start()
  const pids = family(panel.pid)
  await panel.kill()
  await vi.waitFor(() => expect(pids.filter((pid) => !gone(pid))).toEqual([]), { timeout: 15_000 })
})

test('what it kept is there after a start on the same folder', async () => {
  const first = await start()
  await first.stop()
  const second = await start({}, first.dataDir)
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
  expect(second.output()).not.toContain('applied')
})

test('while it runs it writes only into its data folder', async () => {
  const before = Date.now()
  const panel = await start()
  await fetch(panel.url)
  await fetch(`${panel.url}/api/session`)
  await panel.stop()
  const written = ['dist', 'lib', 'app', 'public', 'prisma'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => !file.startsWith('dev-'))
      .map((file) => path.join(folder, file))
      .filter((file) => statSync(path.join(root, file)).mtimeMs > before),
  )
  expect(written).toEqual([])
})

test('a taken port is one line that names it', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const { code, line } = await refusal({ PORT: String(port) })
  taken.close()
  expect(code).toBe(1)
  expect(line).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port} is taken - .* - stop it.*\\n$`))
})

test('a second panel on the same folder is refused', async () => {
  const panel = await start()
  const { code, line } = await refusal({ DRAWBRIDGE_DATA: panel.dataDir })
  expect(code).toBe(1)
  expect(line).toMatch(/is in use - another Drawbridge runs on it.*\n$/)
})

test('with a damaged database it goes on listening, says what to do, and ends on SIGTERM', async () => {
  const data = path.join(dir, 'damaged')
  mkdirSync(data)
  writeFileSync(path.join(data, 'panel.db'), 'not a database at all'.repeat(500))
  const { url, line, end } = await troubled({ DRAWBRIDGE_DATA: data })
  expect(line).toMatch(/panel\.db is damaged - .* - restore a backup/)
  const health = await fetch(`${url}/healthz`)
  expect([health.status, await health.json()]).toEqual([
    503,
    { ready: false, reason: 'database.corrupt' },
  ])
  expect(await (await fetch(url)).text()).toContain('Drawbridge cannot start')
  expect(await end()).toBe(0)
})

test('a file in the place of the data folder is one line', async () => {
  const file = path.join(dir, 'file')
  writeFileSync(file, '')
  const { code, line } = await refusal({ DRAWBRIDGE_DATA: file })
  expect(code).toBe(1)
  expect(line).toMatch(/is not a folder.*\n$/)
})

test.runIf(process.platform === 'linux')(
  'so it does with a folder that cannot be written',
  async () => {
    const { line, end } = await troubled({ DRAWBRIDGE_DATA: '/sys/drawbridge' })
    expect(line).toMatch(/\/sys\/drawbridge cannot be written/)
    expect(await end()).toBe(0)
  },
)
