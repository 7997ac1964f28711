import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection, updateConnection } from '@/lib/db/connections'
import { listAllowed } from '@/lib/db/egress'
import { startErrand } from '@/lib/db/errands'
import { acceptIdentity, listChanges } from '@/lib/db/identities'
import { readRecipient } from '@/lib/db/secret-keys'
import { atTheBox } from '@/lib/db/who'
import { addTopology, type Homelab, startHomelab, waitForEnd } from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

let home: Homelab
let first: string
let door: { url: string; reached(): number; close(): Promise<unknown> }
let pin: string
const actor = atTheBox('alfred')

/** Another address of the same Proxmox, as another node of a cluster is. */
async function forwardTo(url: string) {
  let reached = 0
  const { hostname, port } = new URL(url)
  const server = net.createServer((socket) => {
    reached++
    const onward = net.connect(Number(port), hostname)
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      from.pipe(to).on('error', () => from.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as net.AddressInfo
  return {
    url: `https://127.0.0.1:${own}`,
    reached: () => reached,
    close: () => new Promise<unknown>((resolve) => server.close(resolve)),
  }
}

beforeAll(async () => {
  home = await startHomelab({ speed: 2000 })
  const lab = await getConnection(home.db, 'lab')
  first = lab.url
  pin = lab.fingerprint ?? ''
  door = await forwardTo(first)
}, 60_000)
afterAll(async () => {
  await home.close()
  await door.close()
})

const writer = async () => ({
  ...{ recipient: await readRecipient(home.dataDir), actor, now: Date.now() },
})
const change = async (request: Parameters<typeof updateConnection>[2]) =>
  updateConnection(home.db, 'lab', request, await writer())
const test_ = async () => {
  const id = await startErrand(home.db, { test: 'lab' }, { actor, now: Date.now() })
  home.provisioner.wake()
  return waitForEnd(home, id)
}
const addresses = async () => (await getConnection(home.db, 'lab')).state.addresses

test('a further address is shown for comparison, and asked nothing before its certificate is accepted', async () => {
  await change({ others: [{ url: `${door.url}/`, fingerprint: null }] })
  expect(await test_()).toMatchObject({ status: 'succeeded' })
  expect(await addresses()).toMatchObject([
    { url: first, reason: null },
    {
      url: door.url,
      reason: expect.stringMatching('not accepted'),
      certificate: expect.anything(),
    },
  ])
  expect(door.reached()).toBe(1)
  expect(await listAllowed(home.db)).toContainEqual(
    expect.objectContaining({ host: '127.0.0.1', port: Number(new URL(door.url).port) }),
  )
})

test('accepted, it answers in place of the first where that one is down', async () => {
  await change({ others: [{ url: door.url, fingerprint: pin }] })
  const dead = await forwardTo(first)
  await dead.close()
  await change({ url: dead.url })
  const tested = await test_()
  expect(tested).toMatchObject({ status: 'succeeded', error: null })
  expect(await addresses()).toMatchObject([
    { reason: expect.stringMatching('does not answer'), certificate: null },
    { url: door.url, reason: null, certificate: { fingerprint: pin } },
  ])
  const proxmox = await home.shop.reach.proxmox('lab')
  expect((await proxmox.nodes()).length).toBeGreaterThan(0)
})

test('another certificate there stops everything until an admin accepts it, for that address alone', async () => {
  const other = pin.replace(/^../, (byte) => (byte === '00' ? '01' : '00'))
  await change({ others: [{ url: door.url, fingerprint: other }] })
  expect(await test_()).toMatchObject({ status: 'failed', error: { code: 'identity.changed' } })
  const [changed, ...more] = await listChanges(home.db)
  expect(more).toEqual([])
  expect(changed).toMatchObject({ connectionId: 'lab', expected: other, offered: pin })
  expect(changed?.name).toContain(new URL(door.url).host)
  await expect(home.shop.reach.proxmox('lab')).rejects.toMatchObject({ code: 'identity.changed' })

  const id = changed?.id ?? ''
  await acceptIdentity(home.db, { id, offered: pin }, { actor, now: Date.now() })
  expect(await getConnection(home.db, 'lab')).toMatchObject({
    fingerprint: pin,
    others: [{ url: door.url, fingerprint: pin }],
  })
  expect(await test_()).toMatchObject({ status: 'succeeded' })
})

test('what a drawing does beside VMs counts as needed; the rest that the token may do is told apart', async () => {
  const areas = async () => {
    expect(await test_()).toMatchObject({ status: 'succeeded' })
    const { state } = await getConnection(home.db, 'lab')
    return state.state === 'known' ? state.value.areas : null
  }
  expect(await areas()).toEqual({ drawn: [], held: expect.arrayContaining(['ha', 'sdn']) })
  const lan = 'vlan: 20, gateway: 10.9.0.1'
  await addTopology(home, TWO_VMS.replace(lan, `${lan}, sdn: { zone: home, kind: vlan }`))
  const now = await areas()
  expect(now).toEqual({ drawn: ['sdn'], held: expect.arrayContaining(['ha']) })
  expect(now?.held).not.toContain('sdn')
})
