import { expect, test } from 'vitest'
import * as topologies from '@/app/api/topologies/route'
import type { AdoptAnswer } from '@/lib/api/contract-adopt'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { recordTest } from '@/lib/db/connections'
import { aMachine } from '@/lib/topology/adopt/testing/machines'
import { aNode, inventoryOf } from '@/lib/topology/fit/testing/inventories'
import * as revisions from '../revisions/route'
import * as adopt from './route'

const params = { t: 'mine' }
const post = (body: unknown, cookie: string) => ({ method: 'POST', body, cookie })

/** A panel with a Proxmox that was tested, on which one VM runs, and an empty drawing. */
async function withHome() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  const row = { kind: 'proxmox', dialerJson: '{"kind":"direct"}', helmPath: 'helm' }
  await at.panel.db.connection.create({
    data: {
      ...{ ...row, id: 'c-1', name: 'Home', url: 'https://127.0.0.1:1', tokenId: 'a@b!c' },
      ...{ createdAt: new Date(1), stateJson: '{"state":"absent","at":0}' },
    },
  })
  const value = { version: '9.0.11', nodes: ['pve'], missingPrivileges: [], excessPrivileges: [] }
  const guests = [
    {
      ...{ vmid: 100, name: 'nas', kind: 'qemu' as const, running: true, template: false },
      ...{ cpus: 2, memoryMib: 4096, marker: null, addresses: ['192.168.178.40'] },
      machine: aMachine({ cpus: 2, memoryMib: 4096 }),
    },
  ]
  await recordTest(at.panel.db, 'c-1', {
    ...{ state: { state: 'known', value, at: 5 }, subject: null, failure: null },
    inventory: inventoryOf([aNode('pve', { guests })]),
  })
  const text = 'drawbridge: 1\nname: Mine\n# kept\n'
  await ask(topologies.POST, post({ from: 'text', text }, admin))
  return { ...at, admin }
}

const read = async (cookie: string, answers: Record<string, string> = {}) =>
  ask(adopt.GET, {
    ...{ cookie, params },
    path: `/?connection=c-1&answers=${encodeURIComponent(JSON.stringify(answers))}`,
  })

test('what runs is drawn by choice, saved like any revision, and drawn once', async () => {
  const { admin } = await withHome()
  const left = (await read(admin, { 'guest:c-1/100': 'unmanaged' })).json as unknown as AdoptAnswer
  expect(left.found).toMatchObject([{ name: 'nas', as: 'unmanaged', id: 'nas' }])
  expect(left.text).not.toContain('adopted')

  const json = (await read(admin)).json as unknown as AdoptAnswer
  expect(json).toMatchObject({ connection: 'c-1', questions: [], found: [{ as: 'vm' }] })
  expect(json.text).toContain('# kept')
  expect(json.text).toContain('adopted: true')
  const saved = await ask(revisions.POST, {
    ...post({ text: json.text, parent: json.revision.number, message: 'Read' }, admin),
    params,
  })
  expect(saved).toMatchObject({ status: 201, json: { revision: { deployable: true } } })
  expect((await read(admin)).json).toMatchObject({
    changes: [],
    found: [{ standing: 'unmarked', as: 'vm' }],
  })
})

test('who may not see the topology reads nothing', async () => {
  const { signedIn } = await withHome()
  expect((await read(await signedIn('member'))).status).toBe(404)
})
