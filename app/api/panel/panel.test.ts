import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { ask, ORIGIN, tempPanel } from '@/lib/auth/testing/temp-panel'
import { readManifest } from '@/lib/db/backup'
import { findFault } from '@/lib/db/restore'
import { readStatus } from '@/lib/db/status'
import { SMALL } from '@/lib/db/testing/document'
import { tempDataDir } from '@/lib/db/testing/temp-db'
import { tempUpkeep } from '@/lib/db/testing/temp-upkeep'
import * as startJobs from '../t/[t]/jobs/route'
import * as topologies from '../topologies/route'
import * as backup from './backups/[name]/route'
import * as backups from './backups/route'
import * as state from './route'
import * as settings from './settings/route'

const SETTINGS = {
  ...{ enabled: true, at: '04:15', zone: 'Europe/Berlin', folder: null },
  keep: { daily: 3, weekly: 2, monthly: 1 },
}

async function asAdmin() {
  const at = await tempPanel()
  const cookie = await at.signedIn('admin')
  const call = (handler: Parameters<typeof ask>[0], more: Parameters<typeof ask>[1] = {}) =>
    ask(handler, { cookie, ...more })
  const actions = async () =>
    (await at.panel.db.auditEntry.findMany({ orderBy: { seq: 'asc' } }))
      .filter(({ action }) => action.startsWith('panel.'))
      .map(({ action, outcome }) => `${action} ${outcome}`)
  return { ...at, cookie, call, actions }
}

test('a backup is made, shown, taken away whole as a tar file, and removed', async () => {
  const { call, cookie, actions } = await asAdmin()
  const made = await call(backups.POST, { method: 'POST' })
  expect(made).toMatchObject({ status: 201, json: { reason: 'asked', fault: null } })
  const name = String(made.json.name)
  expect((await call(state.GET)).json).toMatchObject({
    disk: { level: expect.any(String) },
    backups: { list: [{ name }], away: null, failure: null, folderFixed: false },
  })

  const params = { name }
  expect((await call(backup.GET, { params, path: '/api?ready=1' })).json).toEqual({ name })
  const request = new Request(`${ORIGIN}/api`, { headers: { cookie, host: '127.0.0.1:4880' } })
  const download = await backup.GET(request, { params: Promise.resolve(params) })
  expect(download.headers.get('content-disposition')).toBe(
    `attachment; filename="drawbridge-${name}.tar"`,
  )
  const dir = await tempDataDir()
  writeFileSync(path.join(dir, 'it.tar'), Buffer.from(await download.arrayBuffer()))
  expect(spawnSync('tar', ['-xf', 'it.tar'], { cwd: dir }).status).toBe(0)
  const unpacked = path.join(dir, name)
  expect(findFault(unpacked, readManifest(unpacked))).toBeNull()

  expect((await call(backup.DELETE, { method: 'DELETE', params })).status).toBe(200)
  expect((await call(backup.DELETE, { method: 'DELETE', params })).status).toBe(404)
  expect(await actions()).toEqual([
    ...['panel.backup done', 'panel.backup-download done', 'panel.backup-remove done'],
  ])
})

test('a name that is a path is none', async () => {
  const { call } = await asAdmin()
  for (const name of ['..', '../keys', 'x', '2026-11-24T02-30-00Z-asked/../../keys'])
    expect((await call(backup.GET, { params: { name } })).status).toBe(400)
})

test('settings hold, are checked, and leave alone what the environment fixes', async () => {
  const { call, panel, actions } = await asAdmin()
  const put = (body: object) => call(settings.PUT, { method: 'PUT', body })
  expect((await put(SETTINGS)).json).toMatchObject({ backups: { settings: SETTINGS } })
  for (const wrong of [{ at: '25:00' }, { zone: 'Middle/Earth' }, { folder: 'relative' }])
    expect((await put({ ...SETTINGS, ...wrong })).status).toBe(400)
  panel.upkeep = tempUpkeep({ ...panel, fixedFolder: '/mnt/nas' })
  expect(await put({ ...SETTINGS, folder: '/mnt/other' })).toMatchObject({
    status: 409,
    json: { code: 'panel.folder-fixed' },
  })
  expect(await actions()).toEqual(['panel.settings done'])
})

test('a backup that failed is told: here, in the status and in the log; the next clears it', async () => {
  const { call, panel, actions } = await asAdmin()
  const folder = path.join(await tempDataDir(), 'not', 'mounted')
  await call(settings.PUT, { method: 'PUT', body: { ...SETTINGS, folder } })
  const failed = await call(backups.POST, { method: 'POST' })
  expect(failed).toMatchObject({ status: 500, json: { code: 'backup.folder-away' } })
  expect((await call(state.GET)).json).toMatchObject({
    backups: { failure: { code: 'backup.folder-away' } },
  })
  const { causes } = await readStatus(panel.db, panel.now())
  expect(causes).toMatchObject([
    { level: 'warn', sentence: expect.stringMatching(/backup failed/) },
  ])
  mkdirSync(path.dirname(folder), { recursive: true })
  expect((await call(backups.POST, { method: 'POST' })).status).toBe(201)
  expect((await readStatus(panel.db, panel.now())).causes).toEqual([])
  expect(await actions()).toEqual([
    ...['panel.settings done', 'panel.backup failed', 'panel.backup done'],
  ])
})

test('a full disk takes no new job, and says why', async () => {
  const { call } = await asAdmin()
  await call(topologies.POST, { method: 'POST', body: { from: 'text', text: SMALL } })
  const promises = await import('node:fs/promises')
  const full = { bavail: 100, blocks: 1_000_000, bsize: 4096 } as never
  const spied = vi.spyOn(promises.default, 'statfs').mockResolvedValue(full)
  const { syncBuiltinESMExports } = await import('node:module')
  syncBuiltinESMExports()
  const body = { goal: { kind: 'deploy' }, revision: 1, planHash: 'x' }
  const refused = await call(startJobs.POST, { method: 'POST', body, params: { t: 'small-lab' } })
  spied.mockRestore()
  syncBuiltinESMExports()
  expect(refused).toMatchObject({ status: 503, json: { code: 'panel.no-room' } })
})

test('only an admin sees it', async () => {
  const { signedIn } = await tempPanel()
  expect((await ask(state.GET, { cookie: await signedIn('editor') })).status).toBe(403)
})
