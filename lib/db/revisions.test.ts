import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ensurePanelId } from './panel-id'
import { findRevision, restoreRevision, saveRevision } from './revisions'
import { SMALL, withVm } from './testing/document'
import { tempDb } from './testing/temp-db'
import { createTopology, getHead, getRevision, listRevisions, listTopologies } from './topologies'
import { atTheBox } from './who'

const AUTHOR = { actor: atTheBox('ada'), now: 1_700_000_000_000 }
const save = (text: string, parent: number, message = '') => ({
  topologyId: 'small-lab',
  text,
  parent,
  message,
  ...AUTHOR,
})

async function withSmall() {
  const at = await tempDb()
  await createTopology(at.db, { text: SMALL, message: 'first', ...AUTHOR })
  return { ...at, head: await getHead(at.db, 'small-lab') }
}

test('a new topology gets an id of its name, and a second of the same name another', async () => {
  const { db } = await withSmall()
  const second = await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  expect(second.id).toBe('small-lab-2')
  expect(
    (await listTopologies(db)).map(({ id, revision, vms }) => ({ id, revision, vms })),
  ).toEqual([
    { id: 'small-lab', revision: 1, vms: 1 },
    { id: 'small-lab-2', revision: 1, vms: 1 },
  ])
})

test('VMIDs, addresses and MACs are allocated once, into the text, comments kept', async () => {
  const { head, db } = await withSmall()
  expect(head.text).toContain('# keep me')
  const web = head.document.vms?.web
  expect(web).toMatchObject({ vmid: 200, nics: { lan: { address: '10.9.0.50' } } })
  expect(web?.nics?.lan?.mac).toMatch(/^BC:24:11(:[0-9A-F]{2}){3}$/)
  expect(head.document.templates?.jammy?.vmid).toBe(9000)

  const pasted = await saveRevision(db, save(SMALL, 1))
  expect(pasted.topology.vms?.web).toEqual(web)
})

test('two topologies never get the same VMID or address', async () => {
  const { db } = await withSmall()
  const second = await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  expect(second.document.vms?.web).toMatchObject({
    vmid: 201,
    nics: { lan: { address: '10.9.0.51' } },
  })
  expect(second.document.templates?.jammy?.vmid).toBe(9001)
})

test('VMIDs of guests that were seen and are nobody’s are passed over', async () => {
  const { db } = await tempDb()
  const guest = { vmid: 200, name: 'old', kind: 'lxc', marker: null }
  const json = JSON.stringify({ hosts: { pve1: { state: 'known', value: { guests: [guest] } } } })
  await db.observation.create({ data: { topologyId: 'other', at: new Date(1), json } })
  const head = await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  expect(head.document.vms?.web?.vmid).toBe(201)
})

test('of two who save on the same revision both changes are kept, one after the other', async () => {
  const { db, head } = await withSmall()
  const saves = await Promise.all([
    saveRevision(db, save(withVm(head.text, 'mine'), 1)),
    saveRevision(db, save(head.text.replace('memoryMib: 2048', 'memoryMib: 4096'), 1)),
  ])
  const now = await getHead(db, 'small-lab')
  expect(saves.map(({ merged }) => merged).toSorted()).toEqual([false, true])
  expect(now.revision.number).toBe(3)
  expect(Object.keys(now.document.vms ?? {})).toEqual(['web', 'mine'])
  expect(now.document.sizes?.small?.memoryMib).toBe(4096)
})

test('two processes that save at once leave a chain without holes', async () => {
  const { db, file } = await withSmall()
  // Two connections in one process would wait for each other: libSQL's calls are synchronous.
  const run = promisify(execFile)
  const script = fileURLToPath(new URL('./testing/save-vms.ts', import.meta.url))
  const saveAll = (...names: string[]) =>
    run(process.execPath, ['--import', 'tsx', script, file, 'small-lab', ...names])
  await Promise.all([saveAll('a1', 'a2', 'a3', 'a4'), saveAll('b1', 'b2', 'b3', 'b4')])

  const revisions = (await listRevisions(db, 'small-lab')).toReversed()
  expect(revisions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(revisions.slice(1).every(({ parent, number }) => parent === number - 1)).toBe(true)
  const vms = (await getHead(db, 'small-lab')).document.vms ?? {}
  expect(Object.keys(vms)).toHaveLength(9)
  expect(new Set(Object.values(vms).map(({ vmid }) => vmid)).size).toBe(9)
}, 90_000)

test('a merge with a conflict is refused with the head and the places', async () => {
  const { db, head } = await withSmall()
  const set = (mib: number) => head.text.replace('memoryMib: 2048', `memoryMib: ${mib}`)
  await saveRevision(db, save(set(4096), 1))
  await expect(saveRevision(db, save(set(8192), 1))).rejects.toMatchObject({
    status: 409,
    code: 'revision.conflict',
    detail: {
      conflict: {
        head: { number: 2 },
        paths: [{ path: ['sizes', 'small', 'memoryMib'], mine: 8192, theirs: 4096 }],
      },
    },
  })
  expect((await getHead(db, 'small-lab')).revision.number).toBe(2)
})

test('saving what is there already makes no revision', async () => {
  const { db, head } = await withSmall()
  expect((await saveRevision(db, save(head.text, 1))).revision.number).toBe(1)
})

test('a text that cannot be read is refused with line and column, and nothing is stored', async () => {
  const { db, head } = await withSmall()
  await expect(
    saveRevision(db, save(head.text.replace('role: plain', 'rolle: plain'), 1)),
  ).rejects.toMatchObject({
    status: 400,
    code: 'document.invalid',
    detail: { issues: expect.arrayContaining([expect.objectContaining({ line: 28 })]) },
  })
  expect(await listRevisions(db, 'small-lab')).toHaveLength(1)
})

test('a document with blockers is kept and marked', async () => {
  const { db, head } = await withSmall()
  const saved = await saveRevision(db, save(head.text.replace('size: small', 'size: missing'), 1))
  expect(saved.revision.deployable).toBe(false)
})

test('restoring makes a new revision of the old text, and only of the head that was seen', async () => {
  const { db, head } = await withSmall()
  await saveRevision(db, save(withVm(head.text, 'more'), 1))
  const request = { topologyId: 'small-lab', revision: 1, parent: 2, ...AUTHOR }
  const restored = await restoreRevision(db, request)
  expect(restored.revision).toMatchObject({ number: 3, parent: 2, message: 'Restore r1' })
  expect(restored.text).toBe(head.text)
  await expect(restoreRevision(db, request)).rejects.toMatchObject({ code: 'revision.conflict' })

  const { changes } = await getRevision(db, 'small-lab', 3)
  expect(changes.map(({ path }) => path)).toEqual([['vms', 'more']])
})

test('what does not exist is a 404', async () => {
  const { db } = await withSmall()
  await expect(getHead(db, 'nope')).rejects.toMatchObject({ status: 404, code: 'topology.unknown' })
  await expect(findRevision(db, 'small-lab', 9)).rejects.toMatchObject({ code: 'revision.unknown' })
  await expect(saveRevision(db, save(SMALL, 9))).rejects.toMatchObject({ status: 404 })
})

test('a guest of nobody’s on our VMID is a blocker, and its fix gets another number on save', async () => {
  const { db, head } = await withSmall()
  const guest = { vmid: 200, name: 'old', kind: 'qemu', running: true, cpus: 2, memoryMib: 60_000 }
  const hosts = { pve1: { state: 'known', value: { guests: [{ ...guest, marker: null }] } } }
  const json = JSON.stringify({ hosts })
  await db.observation.create({ data: { topologyId: 'small-lab', at: new Date(1), json } })

  const { problems } = await getHead(db, 'small-lab')
  expect(problems.map(({ code }) => code)).toContain('vmid.taken')
  const fixed = await saveRevision(db, save(head.text.replace(/ +vmid: 200\n/, ''), 1))
  expect(fixed.topology.vms?.web?.vmid).toBe(201)
  expect(fixed.problems.map(({ code }) => code)).not.toContain('vmid.taken')
})

test('our own machine on its VMID is no stranger: a pasted text keeps the number', async () => {
  const { db } = await withSmall()
  await ensurePanelId(db)
  const panelId = (await db.setting.findUniqueOrThrow({ where: { key: 'panel.id' } })).json
  const marker = `drawbridge:${JSON.parse(panelId)}/small-lab/vms/web`
  const guest = { vmid: 200, name: 'web', kind: 'qemu', running: true, marker }
  const json = JSON.stringify({ hosts: { pve1: { state: 'known', value: { guests: [guest] } } } })
  await db.observation.create({ data: { topologyId: 'small-lab', at: new Date(1), json } })
  expect((await saveRevision(db, save(SMALL, 1))).topology.vms?.web?.vmid).toBe(200)
})
