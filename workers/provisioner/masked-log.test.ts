import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'

const CANARY = 'canary-of-a-crash-4711'

/** A process like the provisioner that knows a secret and dies in this way; what it printed. */
async function dying(how: string): Promise<{ code: number | null; printed: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const entry = path.join(folder, 'entry.ts')
  writeFileSync(
    entry,
    `import { KnownSecrets } from '@/lib/base/mask'
import { NoKeyError } from '@/lib/db/secret-keys'
import { logAs } from '@/lib/io/log'
import { logCrash, maskedLog } from '@/workers/provisioner/masked-log'
const known = new KnownSecrets()
known.add('${CANARY}')
logCrash(maskedLog(logAs('provisioner'), known))
setTimeout(() => undefined, 60_000)
${how}
`,
  )
  const file = path.join(folder, 'entry.mjs')
  await build({
    ...{ entryPoints: [entry], outfile: file, alias: { '@': path.resolve('.') } },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
    packages: 'bundle',
    nodePaths: [path.resolve('node_modules')],
  })
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  return { code: status, printed: stdout + stderr }
}

test.each([
  ['thrown', `throw new Error('PVE said no to ${CANARY}')`],
  ['thrown later', `setImmediate(() => { throw new TypeError('bad header ${CANARY}') })`],
  ['a promise that nobody took', `Promise.reject(new Error('password: ${CANARY} is wrong'))`],
  ['a promise that is waited for', `await Promise.reject(new Error('no ${CANARY}'))`],
  ['no error at all', `throw 'a text with ${CANARY}'`],
])(
  'a crash (%s) ends the process with its text in the log and without the secret',
  async (_, how) => {
    const { code, printed } = await dying(how)
    expect(code).toBe(1)
    expect(printed).toContain('[secret]')
    expect(printed).not.toContain(CANARY)
  },
)

test('what went wrong on purpose is told in its sentence, without a stack', async () => {
  const { code, printed } = await dying(`throw new NoKeyError('provisioner.key')`)
  expect(code).toBe(1)
  expect(printed).toContain('recovery kit')
  expect(printed).not.toContain('    at ')
})
