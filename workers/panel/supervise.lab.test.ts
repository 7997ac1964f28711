import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { ToPanel } from '../ipc'
import { type Supervised, supervise } from './supervise'

const dir = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-supervise-'))
const started: Supervised[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop(100)))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Runs `code` as a child; `lives` gets the process id of each life. */
function run(code: string) {
  const file = path.join(dir, 'child.mjs')
  writeFileSync(file, `process.send({ type: 'ready', pid: process.pid })\n${code}`)
  const lives: number[] = []
  const lines: string[] = []
  const child = supervise({
    name: 'child',
    file,
    env: process.env,
    onMessage: (message) => lives.push((message as ToPanel & { pid: number }).pid),
    log: (line) => lines.push(line),
  })
  started.push(child)
  const livesReach = (count: number) =>
    vi.waitFor(() => expect(lives.length).toBeGreaterThanOrEqual(count), { timeout: 15_000 })
  return { child, lives, lines, livesReach }
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const STAYS = "setInterval(() => {}, 1000)\nprocess.on('disconnect', () => process.exit())"

test('a child that is killed is started again, as another process', async () => {
  const { child, lives, lines, livesReach } = run(STAYS)
  await livesReach(1)
  process.kill(child.pid() ?? 0, 'SIGKILL')
  await livesReach(2)
  expect(lives[1]).not.toBe(lives[0])
  expect(lines.join()).toContain('SIGKILL')
})

test('one that keeps dying is started again ever later', async () => {
  const { lines, livesReach } = run('process.exit(3)')
  await livesReach(3)
  const waits = lines.map((line) => Number(/in (\d+) ms/.exec(line)?.[1]))
  expect(waits.slice(0, 2)).toEqual([200, 400])
  expect(lines[0]).toContain('code 3')
})

test('stopping ends it and starts none', async () => {
  const { child, lives, livesReach } = run(STAYS)
  await livesReach(1)
  await child.stop(5000)
  expect(alive(lives[0] ?? 0)).toBe(false)
  expect(child.pid()).toBeNull()
  expect(lives.length).toBe(1)
})

test('one that ignores SIGTERM is killed after the wait', async () => {
  const { child, lives, livesReach } = run(`process.on('SIGTERM', () => {})\n${STAYS}`)
  await livesReach(1)
  await child.stop(300)
  expect(alive(lives[0] ?? 0)).toBe(false)
})

test('stopping between two lives cancels the next one', async () => {
  const { child, lives, lines, livesReach } = run('process.exit(1)')
  await livesReach(1)
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0))
  await child.stop(1000)
  const before = lives.length
  // Nothing signals that nothing happens: longer than the wait that would have started it.
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(lives.length).toBe(before)
})

test('what is sent while it is down is dropped without a fault', async () => {
  const { child, livesReach } = run('process.exit(1)')
  await livesReach(1)
  await vi.waitFor(() => expect(child.pid()).toBeNull())
  expect(() => child.send({ type: 'wake' })).not.toThrow()
})
