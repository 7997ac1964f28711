// `npm run bench [-- GROUP ...]`: one JSON object a line on standard output, progress on standard
// error. A group is a file beside this one that exports `benches`.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { Bench } from './bench'

const NOT_GROUPS = new Set(['bench.ts', 'main.ts'])
const CALIBRATION_MIB = 64

const groups = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && !NOT_GROUPS.has(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !groups.includes(name))
if (unknown.length > 0) {
  console.error(`No group is called ${unknown.join(', ')} - known are ${groups.join(', ')}.`)
  process.exit(1)
}

const facts = {
  calibration_ms: calibrationMs(),
  commit: spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim(),
  node: process.versions.node,
}
for (const group of asked.length > 0 ? asked : groups) {
  const { benches } = (await import(`./${group}.ts`)) as { benches: Bench[] }
  for (const { name, unit, run } of benches) {
    console.error(`${name} ...`)
    const { value, runs, min, max, note } = await run()
    const line = { bench: name, value, unit, runs, min, max, ...facts, ...(note ? { note } : {}) }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
}

/** A fixed single-core job, so that figures of different machines can be compared. */
function calibrationMs(): number {
  const piece = Buffer.alloc(2 ** 20, 7)
  const began = performance.now()
  const hash = createHash('sha256')
  for (let mib = 0; mib < CALIBRATION_MIB; mib++) hash.update(piece)
  hash.digest()
  return Math.round(performance.now() - began)
}
