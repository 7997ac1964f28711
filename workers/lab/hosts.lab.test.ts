import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningLab, startLab } from './start-lab'
import { labClient } from './testing/lab-client'

let dataDir: string
let lab: RunningLab
const clients = new Map<string, ReturnType<typeof labClient>>()
const at = (node: string) => clients.get(node) as ReturnType<typeof labClient>

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lab-'))
  lab = await startLab({ dataDir, port: 0, speed: 500, shape: { hosts: 3 } })
  for (const [node, url] of Object.entries(lab.urls))
    clients.set(node, labClient({ ...lab, connection: { ...lab.connection, url } }))
})

afterAll(async () => {
  for (const client of clients.values()) await client.close()
  await lab.close()
  rmSync(dataDir, { recursive: true })
})

type Row = { name: string; local?: number; online?: number }
const status = async (node: string) => (await at(node).call('GET', '/cluster/status')).data as Row[]

test('each host answers at a port of its own and knows which it is', async () => {
  expect([...clients.keys()].sort()).toEqual(['pve1', 'pve2', 'pve3'])
  for (const node of clients.keys())
    expect((await status(node)).filter(({ local }) => local === 1).map(({ name }) => name)).toEqual(
      [node],
    )
})

test('a host that is down refuses, its neighbour tells so and goes on working', async () => {
  const fault = { kind: 'host-down', node: 'pve1', how: 'refused' }
  const { id } = (await at('pve2').control('POST', 'faults', fault)) as { id: string }
  await expect(at('pve1').call('GET', '/version')).rejects.toThrow()
  const seen = await status('pve2')
  expect(seen.find(({ name }) => name === 'pve1')).toMatchObject({ online: 0 })
  const vm = { vmid: '300', name: 'there', scsi0: 'nas:4' }
  const made = await at('pve2').call('POST', '/nodes/pve2/qemu', vm)
  expect(made.status).toBe(200)
  expect(await at('pve2').call('GET', '/nodes/pve1/status')).toMatchObject({ status: 595 })
  await at('pve2').control('DELETE', `faults/${id}`)
  expect((await at('pve1').call('GET', '/version')).status).toBe(200)
})

test('the form of PVE’s own pages says in the body how it went', async () => {
  const answer = await at('pve1').extjs('/nodes/pve1/qemu/999/config')
  expect(answer).toMatchObject({ success: 0, status: 500, data: null })
  expect(await at('pve1').extjs('/version')).toMatchObject({ success: 1 })
})
