import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { runHelm } from './run-helm'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

test('a Helm that does not stop when it is told to is ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'run-helm-'))
  folders.push(folder)
  const path = join(folder, 'helm.mjs')
  await writeFile(
    path,
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('at work')",
  )
  const cancel = new AbortController()
  const run = runHelm({
    ...{ path, args: [], env: process.env, signal: cancel.signal, graceMs: 50 },
    log: () => cancel.abort(new Error('cancel')),
  })
  await expect(run).rejects.toMatchObject({ code: 'helm.cancelled' })
})
