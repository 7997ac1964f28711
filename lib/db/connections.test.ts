import { expect, test } from 'vitest'
import type { ConnectionSummary } from '@/lib/api/contract'
import {
  ensureLabConnection,
  getConnection,
  type LabConnection,
  recordTest,
  updateConnection,
} from './connections'
import { ensureProvisionerKey, readRecipient } from './secret-keys'
import { openSealed, readIdentity } from './secret-open'
import { findSealed } from './secrets'
import { tempDb } from './testing/temp-db'
import { THE_PANEL } from './who'

const LAB: LabConnection = {
  url: 'https://127.0.0.1:18006/',
  fingerprint: 'AA:BB',
  tokenId: 'root@pam!drawbridge',
  tokenSecret: 'lab-token',
  socks: { host: '127.0.0.1', port: 18007 },
  helmPath: '/opt/helm-stand-in',
}
const KNOWN: ConnectionSummary['state'] = {
  state: 'known',
  at: 5,
  value: { version: '9.0.4', nodes: ['pve1'], missingPrivileges: [], excessPrivileges: [] },
}

async function withKeys() {
  const { db, dataDir } = await tempDb()
  await ensureProvisionerKey(dataDir)
  const writer = { recipient: await readRecipient(dataDir), actor: THE_PANEL, now: 1 }
  const token = async () => {
    const sealed = (await findSealed(db, 'connections/lab/token')) ?? ''
    return (await openSealed(await readIdentity(dataDir), 'token', sealed)).reveal()
  }
  return { db, writer, token }
}

test('the lab is there after the first start, marked by what its certificate says', async () => {
  const { db, writer, token } = await withKeys()
  await ensureLabConnection(db, LAB, writer)
  expect(await getConnection(db, 'lab')).toMatchObject({
    lab: true,
    url: 'https://127.0.0.1:18006',
    dialer: { kind: 'socks5', host: '127.0.0.1', port: 18007 },
    state: { state: 'unknown' },
  })
  expect(await token()).toBe('lab-token')
})

test('another start changes its ports, not its name; an equal one keeps what the test said', async () => {
  const { db, writer, token } = await withKeys()
  await ensureLabConnection(db, LAB, writer)
  await updateConnection(db, 'lab', { name: 'My lab' }, writer)
  await recordTest(db, 'lab', { state: KNOWN, subject: null })
  await ensureLabConnection(db, { ...LAB, tokenSecret: 'new-token' }, writer)
  expect(await getConnection(db, 'lab')).toMatchObject({ name: 'My lab', state: KNOWN, lab: true })
  expect(await token()).toBe('new-token')

  await ensureLabConnection(db, { ...LAB, url: 'https://127.0.0.1:18106' }, writer)
  expect(await getConnection(db, 'lab')).toMatchObject({
    name: 'My lab',
    url: 'https://127.0.0.1:18106',
    state: { state: 'unknown' },
    lab: true,
  })
})

test('a stored token is not sent to another address, unless its certificate is pinned or it is given again', async () => {
  const { db, writer, token } = await withKeys()
  await ensureLabConnection(db, LAB, writer)
  const move = (more: object) =>
    updateConnection(db, 'lab', { url: 'https://evil:8006', ...more }, writer)
  const refused = { code: 'connection.token-again' }
  await expect(move({ fingerprint: 'EE:EE' })).rejects.toMatchObject(refused)
  await expect(move({ fingerprint: null })).rejects.toMatchObject(refused)
  expect(await move({})).toMatchObject({ url: 'https://evil:8006', fingerprint: 'AA:BB' })

  await updateConnection(db, 'lab', { fingerprint: null }, writer)
  await expect(move({ url: 'https://more-evil:8006' })).rejects.toMatchObject(refused)
  expect((await getConnection(db, 'lab')).url).toBe('https://evil:8006')
  await move({ url: 'https://new:8006', tokenSecret: 'for-the-new' })
  expect(await token()).toBe('for-the-new')
})

test('what is moved to another address is no simulation until it says so itself', async () => {
  const { db, writer } = await withKeys()
  await ensureLabConnection(db, LAB, writer)
  const named = await updateConnection(db, 'lab', { name: 'Rack', url: LAB.url }, writer)
  expect(named.lab).toBe(true)
  expect(await updateConnection(db, 'lab', { url: 'https://pve1:8006' }, writer)).toMatchObject({
    lab: false,
  })
})

test('other nodes: the stored token goes to none that nobody compared, and what they showed is forgotten with them', async () => {
  const { db, writer } = await withKeys()
  await ensureLabConnection(db, LAB, writer)
  const url = 'https://pve2.lan:8006'
  const set = (request: Parameters<typeof updateConnection>[2]) =>
    updateConnection(db, 'lab', request, writer)
  const refused = { code: 'connection.token-again', status: 422 }
  await expect(set({ others: [{ url, fingerprint: 'EE:EE' }] })).rejects.toMatchObject(refused)
  expect(await set({ others: [{ url: `${url}/`, fingerprint: null }] })).toMatchObject({
    others: [{ url, fingerprint: null }],
  })
  await expect(set({ fingerprint: null })).rejects.toMatchObject(refused)
  await expect(set({ url })).rejects.toMatchObject({ code: 'connection.address-twice' })

  const id = 'certificate:lab@pve2.lan:8006'
  await db.identity.create({ data: { id, kind: 'certificate', connectionId: 'lab', name: 'x' } })
  await set({ others: [] })
  expect(await db.identity.count({ where: { id } })).toBe(0)
  const entries = await db.auditEntry.findMany({ where: { action: 'connection.change' } })
  expect(entries.map(({ afterJson }) => JSON.parse(afterJson ?? '{}').others)).toEqual([
    [{ url, fingerprint: null }],
    [],
  ])
})
