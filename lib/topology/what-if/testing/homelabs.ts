import fc from 'fast-check'
import type { Topology, Vm } from '../../topology'

/** What a random homelab is made of. */
export type Shape = {
  hosts: number
  /** Hosts of one Proxmox cluster instead of each on its own. */
  joined: boolean
  disksPerHost: 1 | 2
  /** Switches, each with the hosts of its number; the first leads to the router. */
  switches: number
  controlPlanes: number
  workers: number
  loadBalancers: number
  plain: { host: number; ha: boolean; shared: boolean; network: number; service: boolean }[]
  networks: number
  /** Hosts on the supply, from the first. */
  fed: number
  resolver: 'router' | 'vm' | 'elsewhere'
  /** The second storage is a mirror over two disks. */
  mirror: boolean
  /** The first plain VM serves the shared storage, or is the router. */
  firstIs: 'nothing' | 'nas' | 'router'
}

/** Homelabs of one to five hosts with a cluster, plain VMs, switches, a supply and services. */
export const shapes: fc.Arbitrary<Shape> = fc.record({
  hosts: fc.integer({ min: 1, max: 5 }),
  joined: fc.boolean(),
  disksPerHost: fc.constantFrom<(1 | 2)[]>(1, 2),
  switches: fc.integer({ min: 0, max: 3 }),
  controlPlanes: fc.integer({ min: 1, max: 5 }),
  workers: fc.integer({ min: 0, max: 4 }),
  loadBalancers: fc.integer({ min: 0, max: 2 }),
  plain: fc.array(
    fc.record({
      host: fc.nat({ max: 4 }),
      ha: fc.boolean(),
      shared: fc.boolean(),
      network: fc.nat({ max: 2 }),
      service: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  networks: fc.integer({ min: 1, max: 3 }),
  fed: fc.nat({ max: 5 }),
  resolver: fc.constantFrom<Shape['resolver'][]>('router', 'vm', 'elsewhere'),
  mirror: fc.boolean(),
  firstIs: fc.constantFrom<Shape['firstIs'][]>('nothing', 'nas', 'router'),
})

const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i))

/** The document of a shape. VMs of the cluster go round the hosts, `homes` says otherwise by VM id. */
export function homelab(shape: Shape, homes: Readonly<Record<string, string>> = {}): Topology {
  const host = (n: number) => `pve${(n % shape.hosts) + 1}`
  const network = (n: number) => `lan${(n % shape.networks) + 1}`
  const vms: Record<string, Vm> = {}
  const node = (id: string, role: Vm['role'], n: number): void => {
    vms[id] = {
      role,
      host: homes[id] ?? host(n),
      memoryMib: 4096,
      cpus: 2,
      nics: { lan: { network: 'lan1' } },
    }
  }
  const named = (prefix: string, n: number) => times(n, (i) => `${prefix}-${i + 1}`)
  const controlPlanes = named('cp', shape.controlPlanes)
  const workers = named('worker', shape.workers)
  const loadBalancers = named('lb', shape.loadBalancers)
  for (const [n, id] of controlPlanes.entries()) node(id, 'control-plane', n)
  for (const [n, id] of loadBalancers.entries()) node(id, 'load-balancer', n + 1)
  workers.forEach((id, n) => {
    node(id, 'worker', n)
    vms[id]!.disks = {
      system: { kind: 'system' },
      volumes: {
        kind: 'data',
        use: 'longhorn',
        sizeGib: 50,
        storage: shape.disksPerHost === 2 ? 'bulk' : 'local-lvm',
      },
    }
  })
  shape.plain.forEach((each, n) => {
    vms[`plain-${n + 1}`] = {
      role: 'plain',
      host: host(each.host),
      memoryMib: 2048,
      nics: { lan: { network: network(each.network), address: `10.0.${n}.9` } },
      disks: {
        system: { kind: 'system', sizeGib: 20, storage: each.shared ? 'nas' : 'local-lvm' },
      },
      ...(each.ha ? { ha: {} } : {}),
    }
  })
  return {
    drawbridge: 1,
    name: 'homelab',
    hosts: { ...hostsOf(shape), pi: { role: 'panel', network: 'lan1' } },
    ups: { ups: { feeds: times(Math.min(shape.fed, shape.hosts), host) } },
    switches: Object.fromEntries(
      times(shape.switches, (n) => [
        `switch${n + 1}`,
        {
          links: [
            n === 0 ? 'router' : 'switch1',
            ...(n === 0 ? ['pi'] : []),
            ...times(shape.hosts, host).filter((_, i) => i % shape.switches === n),
          ],
        },
      ]),
    ),
    routers: {
      router: { address: '10.0.0.1', ...(shape.firstIs === 'router' ? { runsOn: 'plain-1' } : {}) },
    },
    networks: Object.fromEntries(
      times(shape.networks, (n) => [
        `lan${n + 1}`,
        {
          cidr: `10.${n}.0.0/16`,
          gateway: '10.0.0.1',
          router: 'router',
          dns: [{ router: '10.0.0.1', vm: '10.0.0.9', elsewhere: '9.9.9.9' }[shape.resolver]],
        },
      ]),
    ),
    vms,
    clusters: {
      k8s: {
        kubernetes: '1.34',
        podCidr: '10.244.0.0/16',
        serviceCidr: '10.96.0.0/16',
        controlPlanes,
        workers,
        loadBalancers,
        addOns: { longhorn: {}, metallb: {}, 'ingress-nginx': {} },
      },
    },
    services: {
      ...Object.fromEntries(
        shape.plain.flatMap(({ service }, n) =>
          service
            ? [[`service-${n + 1}`, { kind: 'git', runsOn: `plain-${n + 1}`, neededBy: ['panel'] }]]
            : [],
        ),
      ),
    },
  }
}

function hostsOf(shape: Shape): Topology['hosts'] {
  return Object.fromEntries(
    times(shape.hosts, (n) => [
      `pve${n + 1}`,
      {
        role: 'proxmox' as const,
        connection: shape.joined ? 'all' : `only-${n + 1}`,
        memoryMib: 32_768,
        network: 'lan1',
        storages: {
          local: { kind: 'dir' as const, disk: 'a' },
          'local-lvm': { kind: 'lvmthin' as const, disk: 'a' },
          ...(shape.disksPerHost === 2
            ? {
                bulk: {
                  kind: 'lvmthin' as const,
                  disk: 'b',
                  ...(shape.mirror ? { moreDisks: ['c'], spareDisks: 1 } : {}),
                },
              }
            : {}),
          nas: {
            kind: 'nfs' as const,
            ...(shape.firstIs === 'nas' ? { servedBy: 'plain-1' } : {}),
          },
        },
      },
    ]),
  )
}
