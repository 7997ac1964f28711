import { FIRST_VMID } from '../allocate'
import { VM_DEFAULTS } from '../defaults'
import { ask, type Fitting, listOf, put } from './fitting'
import { CPU_TYPES } from './inventory'

const DOMAIN =
  /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
const SERVER = /^[a-zA-Z0-9]([a-zA-Z0-9.:-]{0,250}[a-zA-Z0-9])?$/
const LAST_VMID = 999_999_999

/** Domain, time servers, VMIDs and CPU types. */
export function fitNames(fitting: Fitting): void {
  fitDomain(fitting)
  fitTime(fitting)
  fitVmids(fitting)
  fitCpuTypes(fitting)
}

/** The shortest domain that the document uses, and everything below it. */
function fitDomain(fitting: Fitting): void {
  const { networks, clusters } = fitting.topology
  const domains = [
    ...Object.values(networks ?? {}).flatMap(({ domain }) => domain ?? []),
    ...Object.values(clusters ?? {}).flatMap(({ endpoint }) =>
      endpoint?.name.includes('.') ? endpoint.name.slice(endpoint.name.indexOf('.') + 1) : [],
    ),
  ]
  const [base] = domains.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  if (base === undefined) return
  const search = fitting.hosts[0]?.facts.dns?.search
  const example = search && DOMAIN.test(search) && search !== 'local' ? search : 'home.arpa'
  const domain = ask(fitting, {
    id: 'domain',
    title: 'Under which domain are machines and services?',
    why: `The API server, Grafana and others get names below it. home.arpa is reserved for homes (RFC 8375)${search ? `; the host itself is in ${search}` : ''}.`,
    example,
    proposed: base,
    origin: 'document',
    check: (text) =>
      DOMAIN.test(text) ? null : 'Write a domain such as home.arpa, in lower case.',
  })
  if (domain === base) return
  const renamed = (name: string) =>
    name === base || name.endsWith(`.${base}`) ? name.slice(0, -base.length) + domain : name
  for (const [id, network] of Object.entries(networks ?? {})) {
    if (network.domain !== undefined)
      put(fitting, ['networks', id, 'domain'], renamed(network.domain))
  }
  for (const [id, { endpoint, addOns }] of Object.entries(clusters ?? {})) {
    if (endpoint) put(fitting, ['clusters', id, 'endpoint', 'name'], renamed(endpoint.name))
    for (const [addOn, { host }] of Object.entries(addOns ?? {})) {
      if (host !== undefined) put(fitting, ['clusters', id, 'addOns', addOn, 'host'], renamed(host))
    }
  }
}

function fitTime(fitting: Fitting): void {
  const drawn = fitting.topology.access?.ntp
  const answer = ask(fitting, {
    id: 'ntp',
    title: 'Who tells machines the time?',
    why: 'etcd and certificates need clocks that agree. A router that serves NTP is better than the Internet.',
    example: '0.pool.ntp.org, 1.pool.ntp.org',
    proposed: (drawn ?? ['0.pool.ntp.org', '1.pool.ntp.org']).join(', '),
    origin: drawn ? 'document' : 'guess',
    check: (text) =>
      listOf(text).length > 0 && listOf(text).every((each) => SERVER.test(each))
        ? null
        : 'Write names or addresses, such as 192.168.1.1 or 0.pool.ntp.org.',
  })
  put(fitting, ['access', 'ntp'], listOf(answer))
}

/** VMIDs that a stranger has are given up; the save takes free ones. A first number renumbers what is below it. */
function fitVmids(fitting: Fitting): void {
  const taken = new Set(
    fitting.hosts.flatMap(({ facts }) =>
      facts.guests.filter(({ ours }) => !ours).map(({ vmid }) => vmid),
    ),
  )
  const made = new Set(
    fitting.hosts.flatMap(({ facts }) =>
      facts.guests.filter(({ ours }) => ours).map(({ vmid }) => vmid),
    ),
  )
  for (const kind of ['templates', 'vms'] as const) {
    for (const [id, { vmid }] of Object.entries(fitting.topology[kind] ?? {})) {
      if (vmid !== undefined && taken.has(vmid)) put(fitting, [kind, id, 'vmid'], undefined)
    }
  }
  const vms = Object.entries(fitting.topology.vms ?? {})
  if (vms.length === 0) return
  const lowest = Math.min(...vms.flatMap(([, { vmid }]) => vmid ?? []))
  const drawn = Number.isFinite(lowest) ? lowest : null
  const answer = ask(fitting, {
    id: 'vmids',
    title: 'From which VMID on are VMs numbered?',
    why: `Proxmox numbers guests of all hosts together; ${taken.size === 0 ? 'none is taken' : `${taken.size} are taken`} there. VMs that exist keep theirs.`,
    example: '500',
    proposed: String(drawn ?? FIRST_VMID),
    origin: drawn === null ? 'guess' : 'document',
    check: (text) =>
      /^\d{3,9}$/.test(text) && Number(text) + vms.length <= LAST_VMID
        ? null
        : 'Write a number from 100 on.',
  })
  const first = Number(answer)
  if (first <= (drawn ?? FIRST_VMID) && fitting.answers.vmids === undefined) return
  if (drawn === null && first === FIRST_VMID) return
  const used = new Set([...taken, ...made])
  for (const [, { vmid }] of [...vms, ...Object.entries(fitting.topology.templates ?? {})]) {
    if (vmid !== undefined && (vmid >= first || made.has(vmid))) used.add(vmid)
  }
  let next = first
  for (const [id, { vmid }] of vms) {
    if (vmid !== undefined && (vmid >= first || made.has(vmid))) continue
    while (used.has(next)) next++
    used.add(next)
    put(fitting, ['vms', id, 'vmid'], next)
  }
}

/** What an older processor cannot run is lowered; the VM would not start. */
function fitCpuTypes(fitting: Fitting): void {
  for (const { id: host, facts } of fitting.hosts) {
    if (facts.cpuType === null) continue
    const most = CPU_TYPES.indexOf(facts.cpuType)
    for (const [id, vm] of Object.entries(fitting.topology.vms ?? {})) {
      if (vm.host !== host) continue
      const rank = CPU_TYPES.findIndex((each) => each === (vm.cpuType ?? VM_DEFAULTS.cpuType))
      if (rank <= most) continue
      put(fitting, ['vms', id, 'cpuType'], facts.cpuType)
      fitting.took.push(
        `${id}: CPU type ${CPU_TYPES[rank]}, which ${host} does not have; now ${facts.cpuType}.`,
      )
    }
  }
}
