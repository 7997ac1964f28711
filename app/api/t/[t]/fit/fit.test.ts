import { expect, test } from 'vitest'
import * as topologies from '@/app/api/topologies/route'
import type { ConnectionSummary } from '@/lib/api/contract'
import type { FitAnswer } from '@/lib/api/contract-fit'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { recordTest } from '@/lib/db/connections'
import { aNode, inventoryOf } from '@/lib/topology/fit/testing/inventories'
import * as connections from '../../../connections/route'
import * as revisions from '../revisions/route'
import * as fit from './route'

const params = { t: 'single-node' }
const post = (body: unknown, cookie: string) => ({ method: 'POST', body, cookie })

/** A panel with a Proxmox that was tested, and the blueprint of one host. */
async function withHome() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  const { db } = at.panel
  const row = { kind: 'proxmox', dialerJson: '{"kind":"direct"}', helmPath: 'helm' }
  await db.connection.create({
    data: {
      ...{ ...row, id: 'c-1', name: 'Home', url: 'https://127.0.0.1:1', tokenId: 'a@b!c' },
      ...{ createdAt: new Date(1), stateJson: '{"state":"absent","at":0}' },
    },
  })
  const value = { version: '9.0.11', nodes: ['pve'], missingPrivileges: [], excessPrivileges: [] }
  await recordTest(db, 'c-1', {
    ...{ state: { state: 'known', value, at: 5 }, subject: null },
    inventory: inventoryOf([aNode('pve', {})]),
  })
  const made = await ask(topologies.POST, post({ from: 'blueprint', id: 'single-node' }, admin))
  expect(made).toMatchObject({ status: 201, json: { id: 'single-node', name: 'Single node' } })
  return { ...at, admin }
}

const fitOf = async (cookie: string, answers: Record<string, string> = {}) =>
  ask(fit.GET, {
    ...{ cookie, params },
    path: `/?connection=c-1&answers=${encodeURIComponent(JSON.stringify(answers))}`,
  })

test('a blueprint is fitted to what the test saw, and saving the fit leaves nothing to change', async () => {
  const { admin } = await withHome()
  const fitted = await fitOf(admin, { 'dhcp:lan': '192.168.178.20-192.168.178.150' })
  expect(fitted.status).toBe(200)
  const json = fitted.json as unknown as FitAnswer
  expect(json.unmet).toEqual([])
  expect(json.connections).toMatchObject([{ id: 'c-1', name: 'Home', trouble: [] }])
  expect(json.text).toContain('cidr: 192.168.178.0/24')
  expect(json.text).toContain('# Fit: what the router hands out.')

  const saved = await ask(revisions.POST, {
    ...post({ text: json.text, parent: json.revision.number, message: 'Fit' }, admin),
    params,
  })
  expect(saved).toMatchObject({ status: 201, json: { revision: { number: 2, deployable: true } } })
  expect((await fitOf(admin)).json.changes).toEqual([])
})

test('what was seen in use is not proposed, and of what another topology saw nobody is named', async () => {
  const { admin, panel } = await withHome()
  const question = async () => {
    const { json } = await fitOf(admin)
    return (json as unknown as FitAnswer).questions.find(({ id }) => id === 'range:lan')?.value
  }
  expect(await question()).toBe('192.168.178.41-192.168.178.99')
  const sighting = { mac: 'AA:BB:CC:00:00:01', at: 1, by: 'host pve1', source: 'neighbour' }
  const sightings = ['70', '230'].map((last) => ({ ...sighting, address: `192.168.178.${last}` }))
  await panel.db.observation.create({
    data: { topologyId: 'other', at: new Date(1), json: JSON.stringify({ sightings, vms: {} }) },
  })
  expect(await question()).toBe('192.168.178.200-192.168.178.229')
  expect(JSON.stringify((await fitOf(admin)).json)).not.toContain('AA:BB:CC')
})

test('the list of connections leaves the machines out', async () => {
  const { admin } = await withHome()
  const { json } = await ask(connections.GET, { cookie: admin })
  expect(JSON.stringify(json)).not.toContain('home-assistant')
  expect((json as unknown as ConnectionSummary[])[0]?.state).toMatchObject({
    state: 'known',
    value: { version: '9.0.11' },
  })
})

test('who reads one topology is fitted to nothing that they may not see', async () => {
  const { signedIn } = await withHome()
  const member = await signedIn('member')
  expect((await fitOf(member)).status).toBe(404)
})

test('answers that are no JSON are refused', async () => {
  const { admin } = await withHome()
  const refused = await ask(fit.GET, { cookie: admin, params, path: '/?answers=nonsense' })
  expect(refused).toMatchObject({ status: 400, json: { code: 'input.invalid' } })
})
