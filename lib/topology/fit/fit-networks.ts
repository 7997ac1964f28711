import { DEFAULT_BRIDGE } from '../defaults'
import { removeObject } from '../edits/remove-object'
import { type Cidr, intersection } from '../ipv4'
import { BridgeName, PartName } from '../model/common'
import { fitLan } from './fit-lan'
import { oursOf } from './fit-pools'
import { ask, type FittedHost, type Fitting, hostOf, networksOf, put, usersOf } from './fitting'
import { renumberOverlaps } from './renumber'
import { lanOf, lookFor, type SiteWire, type ToldWire } from './site-wire'

/** Bridges, tags and addresses of each site that has a machine. */
export function fitNetworks(fitting: Fitting): void {
  const bySite = new Map<string, FittedHost[]>()
  for (const host of fitting.hosts) {
    const site = hostOf(fitting.topology, host.id).site ?? ''
    bySite.set(site, [...(bySite.get(site) ?? []), host])
  }
  const wires: SiteWire[] = []
  for (const [site, hosts] of bySite) {
    const at = bySite.size > 1 || site !== '' ? ` at ${site || 'the rest'}` : ''
    const told = { site, hosts, at }
    const bridge = chooseBridge(fitting, told)
    if (bridge === null) continue
    putBridge(fitting, told, bridge)
    if (isFlat(fitting, told, bridge)) flatten(fitting, told)
    const wire = { ...told, bridge, found: lookFor(hosts, bridge) }
    const same = wires.findIndex(({ found }) => sameBlock(found.block, wire.found.block))
    if (same < 0) wires.push(wire)
    else wires[same] = join(fitting, wires[same]!, wire)
  }
  for (const site of sitesWithout(fitting, bySite)) {
    if (!wires[0]) break
    const nowhere = { site, hosts: [], at: site === '' ? '' : ` at ${site}` }
    wires[0] = join(fitting, wires[0], nowhere)
  }
  const settled = wires.flatMap((wire) => fitLan(fitting, wire) ?? [])
  renumberOverlaps(fitting, settled)
}

/** Sites whose hosts all became others, and whose networks VMs are still in. */
function sitesWithout(fitting: Fitting, bySite: ReadonlyMap<string, unknown>): string[] {
  const { topology } = fitting
  const sites = Object.entries(topology.networks ?? {}).flatMap(([id, { site = '' }]) =>
    bySite.has(site) || usersOf(topology, id).length === 0 ? [] : [site],
  )
  return [...new Set(sites)]
}

const sameBlock = (a: Cidr | null, b: Cidr | null): boolean =>
  a !== null && b !== null && intersection(a, b) !== null

/** Two sites of the drawing whose hosts stand in one network: the second has none of its own. */
function join(fitting: Fitting, first: SiteWire, second: ToldWire): SiteWire {
  const hosts = [...first.hosts, ...second.hosts]
  const bridge = chooseBridge(fitting, { ...first, hosts })
  if (bridge !== null) putBridge(fitting, { ...first, hosts }, bridge)
  const lan = lanOf(fitting, first)
  const gone = networksOf(fitting.topology, second.site)
  if (!lan || gone.length === 0) return { ...first, hosts }
  for (const [id] of gone) intoLan(fitting, id, lan[0])
  dropUnused(fitting, lan[0])
  fitting.took.push(
    `${gone.map(([id]) => id).join(', ')}${second.at}: its VMs are on hosts that stand in ${lan[0]}${first.at}, so that it is one network.`,
  )
  return { ...first, hosts }
}

function chooseBridge(fitting: Fitting, { site, hosts, at }: ToldWire): string | null {
  const [first, ...others] = hosts
  const common = (first?.facts.bridges ?? []).filter(
    ({ name }) =>
      BridgeName.safeParse(name).success &&
      PartName.safeParse(name).success &&
      others.every(({ facts }) => facts.bridges.some((each) => each.name === name)),
  )
  if (common.length === 0) {
    const told = hosts
      .map(
        ({ id, facts }) => `${id}: ${facts.bridges.map(({ name }) => name).join(', ') || 'none'}`,
      )
      .join('; ')
    fitting.unmet.push({
      code: 'fit.no-bridge',
      message: `The hosts${at} have no bridge in common (${told}) - VMs have nothing to hang on - make one of the same name on each in Proxmox (System > Network), and test the connection again.`,
    })
    return null
  }
  const drawn = networksOf(fitting.topology, site).map(([, { bridge }]) => bridge ?? DEFAULT_BRIDGE)
  const kept = common.find(({ name }) => drawn.includes(name))
  const best = kept ?? common.find(({ address }) => address !== null) ?? common[0]!
  const id = `bridge:${site || 'all'}`
  // Sites that turn out to be one are looked at again; nobody is asked twice.
  const asked = fitting.questions.find((question) => question.id === id)
  if (asked && common.some(({ name }) => name === asked.value)) return asked.value
  if (common.length === 1 || asked) return best.name
  return ask(fitting, {
    id,
    title: `Which bridge carries the VMs${at}?`,
    why: 'Networks whose own bridge is not on the hosts go there.',
    options: common.map(({ name, address, vlanAware }) => ({
      value: name,
      label: `${name} (${[address, vlanAware ? 'VLAN-aware' : null].filter(Boolean).join(', ') || 'no address'})`,
    })),
    proposed: best.name,
    origin: kept ? 'document' : 'found',
  })
}

function putBridge(fitting: Fitting, { site, hosts }: ToldWire, bridge: string): void {
  const has = (name: string) =>
    hosts.every(({ facts }) => facts.bridges.some((each) => each.name === name))
  const answered = fitting.answers[`bridge:${site || 'all'}`] === bridge
  for (const [id, network] of networksOf(fitting.topology, site)) {
    const own = network.bridge ?? DEFAULT_BRIDGE
    if (network.sdn) {
      put(fitting, ['networks', id, 'sdn'], undefined)
      fitting.took.push(`Network ${id}: its SDN zone ${network.sdn.zone}, which is not looked for.`)
    }
    if (own === bridge || (has(own) && !answered)) continue
    put(fitting, ['networks', id, 'bridge'], bridge === DEFAULT_BRIDGE ? undefined : bridge)
  }
}

/** Whether everything at the site is one network: because it is, or because somebody says so. */
function isFlat(fitting: Fitting, { site, hosts, at }: ToldWire, bridge: string): boolean {
  const networks = networksOf(fitting.topology, site)
  const tags = networks.flatMap(([, { vlan }]) => vlan ?? [])
  if (tags.length === 0) return networks.length > 1
  const aware = hosts.every(
    ({ facts }) => facts.bridges.find(({ name }) => name === bridge)?.vlanAware,
  )
  const answer = ask(fitting, {
    id: `wire:${site || 'all'}`,
    title: `Do the switch and router${at} carry VLANs?`,
    why: `The drawing uses ${tags.length === 1 ? `tag ${tags[0]}` : `the tags ${tags.join(', ')}`}; they have to be known to the switch ports of the hosts and to the router. ${aware ? `${bridge} is VLAN-aware.` : `${bridge} is not VLAN-aware.`}`,
    options: [
      { value: 'vlans', label: 'Yes, with these tags' },
      { value: 'flat', label: 'No, everything is one network' },
    ],
    proposed: aware || hosts.every(({ moved }) => !moved) ? 'vlans' : 'flat',
    origin: aware ? 'document' : 'found',
  })
  return answer === 'flat'
}

/** Makes one network of all that the site has; each VM keeps one foot in it. */
function flatten(fitting: Fitting, wire: ToldWire): void {
  const lan = lanOf(fitting, wire)
  if (!lan) return
  const [kept] = lan
  put(fitting, ['networks', kept, 'vlan'], undefined)
  const gone = networksOf(fitting.topology, wire.site).filter(([id]) => id !== kept)
  for (const [id, network] of gone) {
    if (usersOf(fitting.topology, id).length > 0 && network.domain !== undefined) {
      const own = fitting.topology.networks?.[kept]?.domain
      if (own === undefined) put(fitting, ['networks', kept, 'domain'], network.domain)
    }
    intoLan(fitting, id, kept)
  }
  dropUnused(fitting, kept)
  if (gone.length > 0) {
    fitting.took.push(
      `${gone.map(([id]) => id).join(', ')}: one network with ${kept} now; nothing keeps their machines apart.`,
    )
  }
}

/** Pools and NICs of a network go to another, and the network goes. */
function intoLan(fitting: Fitting, id: string, lan: string): void {
  for (const [pool] of oursOf(fitting.topology, id)) put(fitting, ['pools', pool, 'network'], lan)
  moveNics(fitting, id, lan)
  fitting.topology = removeObject(fitting.topology, { collection: 'networks', id })
}

function moveNics(fitting: Fitting, from: string, to: string): void {
  for (const [id, vm] of Object.entries(fitting.topology.vms ?? {})) {
    const nics = Object.entries(vm.nics ?? {})
    let stands = nics.some(([, nic]) => nic.network === to)
    for (const [nicId, nic] of nics) {
      if (nic.network !== from) continue
      const path = ['vms', id, 'nics', nicId]
      if (stands) {
        put(fitting, path, undefined)
        fitting.took.push(`${id}: its NIC ${nicId}, a second one in the same network.`)
        continue
      }
      stands = true
      put(fitting, [...path, 'network'], to)
      put(fitting, [...path, 'address'], undefined)
      put(fitting, [...path, 'mtu'], undefined)
    }
  }
}

/** Of several pools with one purpose that were joined, those that nothing uses. */
function dropUnused(fitting: Fitting, network: string): void {
  const named = new Set([
    ...Object.values(fitting.topology.vms ?? {}).flatMap(({ nics }) =>
      Object.values(nics ?? {}).map(({ pool }) => pool),
    ),
    ...Object.values(fitting.topology.clusters ?? {}).flatMap(({ addOns }) =>
      Object.values(addOns ?? {}).map(({ pool }) => pool),
    ),
  ])
  const seen = new Set<string>()
  const pools = oursOf(fitting.topology, network)
  for (const [id, { purpose }] of pools.toSorted(
    ([a], [b]) => Number(named.has(b)) - Number(named.has(a)),
  )) {
    if (seen.has(purpose) && !named.has(id)) put(fitting, ['pools', id], undefined)
    seen.add(purpose)
  }
}
