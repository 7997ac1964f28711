import type { NicSpec, ObservedHost, ObservedVm } from '../observed'
import type { Refused } from '../plan'
import type { Step } from '../step'
import type { WantedVm } from '../wanted-vm'
import type { World } from '../world'

/**
 * Why a VM's NICs cannot be plugged in where they are wanted: no such bridge or VNet, a tag on a
 * bridge that is not VLAN aware, a tag that the bridge does not pass. NICs that are plugged in so
 * already are not judged: they work or do not, whatever is planned. `makes`: what the plan makes
 * first, as `host bridge`.
 */
export function plugRefusals(
  wanted: WantedVm,
  seen: ObservedVm | null,
  world: World,
  makes: ReadonlyMap<string, string>,
): Refused[] {
  const { hostId, vm, spec, object, ref } = wanted
  const host = world.observed.hosts[hostId]
  if (host?.state !== 'known') return []
  const sdn = world.observed.sdn?.[ref.at.connection]
  const vnets = sdn?.state === 'known' ? sdn.value.vnets.map(({ vnet }) => vnet) : []
  const verb = seen === null ? 'made' : 'changed'
  const fresh = spec.nics.filter(
    (nic) => !seen?.spec.nics.some((was) => was.bridge === nic.bridge && was.tag === nic.tag),
  )
  const plugs = new Map(fresh.map((nic) => [`${nic.bridge} ${nic.tag}`, nic]))
  return [...plugs.values()].flatMap((nic) => {
    if (makes.has(`${hostId} ${nic.bridge}`) || vnets.includes(nic.bridge)) return []
    const fault = faultOf(hostId, host.value, nic)
    if (!fault) return []
    const message = `${vm.name} cannot be ${verb} - ${fault.why}.`
    return { code: fault.code, message, object }
  })
}

function faultOf(
  hostId: string,
  { bridges, network }: ObservedHost,
  { bridge, tag }: NicSpec,
): { code: string; why: string } | null {
  if (!bridges.includes(bridge))
    return {
      code: 'plan.no-bridge',
      why: `${hostId} has no bridge ${bridge} - name one of ${bridges.join(', ')}, create it on the host, or let its network be realised as a bridge`,
    }
  const seen = network?.interfaces.find(({ name }) => name === bridge)
  if (tag === null || !seen) return null
  if (!seen.vlanAware)
    return {
      code: 'plan.not-vlan-aware',
      why: `${bridge} of ${hostId} is not VLAN aware, so Proxmox would build a bridge for tag ${tag} beside it when the VM starts, and one without a port it refuses - switch VLAN aware on under ${hostId} > Network in Proxmox, or let the network be realised as a bridge`,
    }
  if (passes(seen.vids, tag)) return null
  return {
    code: 'plan.tag-outside-bridge',
    why: `${bridge} of ${hostId} passes the tags ${seen.vids} and not ${tag} - add ${tag} to its VLAN IDs in Proxmox, or choose another tag`,
  }
}

/** Whether `bridge_vids` of Proxmox (`2-4094`, `10 20-30`, commas too) names a tag. */
export function passes(vids: string | null, tag: number): boolean {
  if (vids === null) return true
  const parts = vids.split(/[\s,;]+/).filter(Boolean)
  return parts.some((part) => {
    const [first, last] = part.split('-').map(Number)
    return first !== undefined && tag >= first && tag <= (last ?? first)
  })
}

/**
 * Says of each host that VMs are plugged in there with tags on a bridge that passes them, so that
 * nothing of the host itself changes. `changed`: VMs that the plan makes or plugs in anew.
 */
export function tagNotes(
  changed: readonly WantedVm[],
  world: World,
  makes: ReadonlyMap<string, string>,
): string[] {
  const tags = new Map<string, Set<number>>()
  for (const { hostId, spec } of changed)
    for (const { bridge, tag } of spec.nics) {
      const host = world.observed.hosts[hostId]
      const seen =
        host?.state === 'known'
          ? host.value.network?.interfaces.find(({ name }) => name === bridge)
          : undefined
      const key = `${hostId} ${bridge}`
      if (tag !== null && seen?.vlanAware && !makes.has(key))
        tags.set(key, (tags.get(key) ?? new Set()).add(tag))
    }
  return [...tags].map(([key, each]) => {
    const [hostId, bridge] = key.split(' ')
    const list = [...each].toSorted((a, b) => a - b).join(', ')
    return `${bridge} of ${hostId} stays as it is: a VLAN-aware bridge, it carries tag ${list}.`
  })
}

/**
 * Steps that plug a NIC in, or start a VM that is plugged in, wait for what it is plugged into.
 * `makes` is by host; `hostOf` tells the host of a VM's or template's step.
 */
export function waitForNetworks(
  steps: readonly Step[],
  makes: ReadonlyMap<string, string>,
  plugged: ReadonlyMap<string, { hostId: string; bridges: readonly string[] }>,
): Step[] {
  if (makes.size === 0) return [...steps]
  return steps.map((step) => {
    if (!PLUGS.includes(step.kind)) return step
    const where = plugged.get(step.object.join('/'))
    const needs = (where?.bridges ?? []).flatMap(
      (bridge) => makes.get(`${where?.hostId} ${bridge}`) ?? [],
    )
    return needs.length === 0 ? step : { ...step, needs: [...new Set([...step.needs, ...needs])] }
  })
}

const PLUGS: readonly Step['kind'][] = ['vm.configure', 'vm.start', 'vm.restart', 'template.create']
