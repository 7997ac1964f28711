import { freeId } from '../free-id'
import { formatCidr, formatIpv4, parseCidr, parseIpv4 } from '../ipv4'
import type { UnmanagedGuest } from '../topology'
import { ask, type Fitting, put } from './fitting'
import type { InventoryGuest, NodeFacts } from './inventory'
import { membersOf } from './ranges'

/** A machine that a host can be: what was read of a node, and how its connection is called. */
export type DrawnMachine = {
  connection: string
  connectionName: string
  node: string
  facts: NodeFacts
}

const IMAGE = 'https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img'

/**
 * Begins a drawing that has no Proxmox host yet: a host for each machine of one connection, the network
 * they stand in, the guests that others made, and what a first VM takes (a size, a template, a pool).
 * Writes what identifies each thing; the other stages write how it is.
 */
export function drawMachines(fitting: Fitting, machines: readonly DrawnMachine[]): void {
  const connection = chooseConnection(fitting, machines)
  const drawn = machines.filter((each) => each.connection === connection)
  const lan = drawLan(fitting, drawn)
  for (const { node, facts } of drawn) {
    const host = freeId(fitting.topology.hosts, idOf(node, 'pve'))
    put(fitting, ['hosts', host], { role: 'proxmox', node })
    for (const guest of facts.guests) drawGuest(fitting, { guest, host, lan })
    const template = freeId(fitting.topology.templates, `ubuntu-24-04-${host}`.slice(0, 60))
    put(fitting, ['templates', template], {
      ...{ host, os: 'ubuntu', release: '24.04', image: { url: IMAGE } },
      packages: ['qemu-guest-agent'],
    })
  }
  if (fitting.topology.sizes === undefined)
    put(fitting, ['sizes', 'small'], { cpus: 2, memoryMib: 2048, diskGib: 20 })
}

/** The only one; where there are several the person is asked, and the first is proposed. */
function chooseConnection(fitting: Fitting, machines: readonly DrawnMachine[]): string {
  const names = new Map(machines.map((each) => [each.connection, each.connectionName]))
  const [first = ''] = names.keys()
  if (names.size < 2) return first
  return ask(fitting, {
    id: 'draw',
    title: 'Which machines are drawn?',
    why: 'The drawing has no Proxmox host yet.',
    options: [...names].map(([value, label]) => ({ value, label })),
    proposed: first,
    origin: 'guess',
  })
}

/** The network of the machines' own addresses, its router, and a pool for VMs; where none is drawn. */
function drawLan(fitting: Fitting, machines: readonly DrawnMachine[]): string | null {
  const [existing] = Object.keys(fitting.topology.networks ?? {})
  if (existing !== undefined) return existing
  const bridge = machines
    .flatMap(({ facts }) => facts.bridges)
    .toSorted((a, b) => Number(b.gateway !== null) - Number(a.gateway !== null))
    .find(({ address }) => address !== null)
  const block = parseCidr(bridge?.address ?? '192.168.1.0/24')
  if (!block) return null
  const gateway = bridge?.gateway ?? formatIpv4(membersOf(block).first)
  const router = freeId(fitting.topology.routers, 'router')
  put(fitting, ['routers', router], { address: gateway })
  put(fitting, ['networks', 'lan'], {
    ...{ cidr: formatCidr(block), gateway, router, dhcpServer: router },
  })
  // Laid where nobody is by fitAddresses: the gateway's own address cannot stay.
  put(fitting, ['pools', freeId(fitting.topology.pools, 'vms')], {
    ...{ network: 'lan', from: gateway, to: gateway, purpose: 'vms' },
  })
  return 'lan'
}

/** Somebody else's guest as the document tells of it: shown, counted, never touched. */
function drawGuest(
  fitting: Fitting,
  { guest, host, lan }: { guest: InventoryGuest; host: string; lan: string | null },
): void {
  if (guest.template || guest.marker !== null) return
  const known = Object.values(fitting.topology.unmanaged ?? {})
  if (known.some(({ vmid }) => vmid === guest.vmid)) return
  const block = parseCidr(fitting.topology.networks?.[lan ?? '']?.cidr ?? '')
  const inLan = guest.addresses.some((each) => {
    const address = parseIpv4(each)
    return address !== null && block !== null && block.first <= address && address <= block.last
  })
  const drawn: UnmanagedGuest = {
    kind: guest.kind === 'lxc' ? 'lxc' : 'vm',
    ...{ host, vmid: guest.vmid },
    ...(guest.cpus >= 1 ? { cpus: Math.floor(guest.cpus) } : {}),
    ...(guest.memoryMib >= 1 ? { memoryMib: Math.floor(guest.memoryMib) } : {}),
    ...(guest.addresses.length > 0 ? { addresses: guest.addresses } : {}),
    ...(inLan && lan !== null ? { network: lan } : {}),
  }
  const id = freeId(fitting.topology.unmanaged, idOf(guest.name, `guest-${guest.vmid}`))
  put(fitting, ['unmanaged', id], drawn)
}

/** A name as an id: lower case, what ids may not hold becomes a hyphen; `otherwise` where nothing is left. */
function idOf(name: string, otherwise: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  return id === '' || /^[0-9]+$/.test(id) || id === 'constructor' ? otherwise : id
}
