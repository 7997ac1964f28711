import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import type { Seen } from './observed'
import { isShared } from './places'
import type { Refused } from './plan'
import { templateSteps, type WantedTemplate } from './template-steps'
import type { WantedVm } from './wanted-vm'
import { strangerAt, type World } from './world'

/** Above this share of a storage, nothing new is cloned onto it: a full thin pool stops every VM (trap T8). */
const STORAGE_FULL = 0.85

/** `4 min`, as sentences write an age. */
export function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h`
}

/** One refusal for each host that a plan needs and that could not be read. */
export function hostRefusals(
  hostIds: Iterable<string>,
  world: World,
  context: PlanContext,
): Refused[] {
  return [...new Set(hostIds)].flatMap((hostId) => {
    const host = world.observed.hosts[hostId]
    if (host?.state === 'known') return []
    return {
      code: 'plan.unknown-host',
      message: `Nothing can be planned on ${hostId} - ${whyUnknown(host, context.now)} - bring it back or refresh, then plan again.`,
      object: ['hosts', hostId],
    }
  })
}

/** Why something seen is not known, with its age. */
export function whyUnknown(seen: Seen<unknown> | undefined, now: number): string {
  if (!seen) return 'it was never looked at'
  if (seen.state === 'absent') return 'its Proxmox has no such node'
  if (seen.state === 'known') return 'it is known'
  if (seen.since === null) return seen.reason
  return `${seen.reason}, for ${ageText(now - seen.since)}`
}

/** What the host lacks or has too much of for a VM that would be made on it. */
export function roomRefusals(wanted: WantedVm, world: World): Refused[] {
  const { hostId, object, vm, ref, spec } = wanted
  const host = world.observed.hosts[hostId]
  if (host?.state !== 'known') return []
  const refusals: Refused[] = []
  const refuse = (code: string, message: string) => refusals.push({ code, message, object })

  const stranger = strangerAt(world, {
    ...{ connection: ref.at.connection, vmid: ref.vmid },
    ...{ kind: 'vms', id: vm.id },
  })
  if (stranger)
    refuse(
      'plan.vmid-taken',
      `${vm.name} cannot be made - VMID ${ref.vmid} is ${stranger.guest.name} on ${stranger.hostId}, which is not ours - give ${vm.name} another VMID.`,
    )
  for (const storage of new Set(spec.disks.map((disk) => disk.storage))) {
    const seen = host.value.storages[storage]
    if (!seen?.active)
      refuse(
        'plan.no-storage',
        `${vm.name} cannot be made - storage ${storage} of ${hostId} ${seen ? 'is not active' : 'does not exist'} - choose another storage.`,
      )
    else if (seen.totalGib > 0 && seen.usedGib / seen.totalGib > STORAGE_FULL)
      refuse(
        'plan.storage-full',
        `${vm.name} cannot be made - ${storage} of ${hostId} holds ${Math.round(seen.usedGib)} of ${Math.round(seen.totalGib)} GiB, more than ${STORAGE_FULL * 100} % - free some space.`,
      )
  }
  return refusals
}

/** Data disks that are kept on another host than the VM is wanted on: only Proxmox can move them. */
export function diskElsewhereRefusals(
  { vm, ref, spec, object }: WantedVm,
  world: World,
): Refused[] {
  return (world.observed.parked ?? []).flatMap(({ serial, node, holderVmid }) => {
    const wanted = spec.disks.some((disk) => disk.serial === serial)
    if (!wanted || node === ref.at.node) return []
    return {
      code: 'plan.disk-elsewhere',
      message: `${vm.name} cannot be made on ${ref.at.node} - its data disk ${serial} is kept on ${node} (VMID ${holderVmid}) - put ${vm.name} there, or migrate VMID ${holderVmid} in Proxmox first.`,
      object,
    }
  })
}

/**
 * Why a template cannot be made or trusted: nobody knows whether it exists, it stands at another
 * VMID, or a storage of its host does not take what making it needs. PVE's own `local` takes no
 * `import` content until that is switched on (facts, "Storage").
 */
export function templateBlockers(
  template: WantedTemplate,
  world: World,
  context: PlanContext,
): Refused[] {
  const { id, ref, hostId, imageStorage, seedStorage } = template
  const object = ['templates', id]
  const seen = world.observed.templates[id]
  const refuse = (code: string, why: string) => [
    { code, message: `Template ${ref.name} cannot be used - ${why}.`, object },
  ]
  if (seen?.state === 'unknown')
    return refuse(
      'plan.unknown-template',
      `${whyUnknown(seen, context.now)} - refresh, then plan again`,
    )
  if (seen?.state === 'known' && seen.value.vmid !== ref.vmid)
    return refuse(
      'plan.vmid-changed',
      `it is VMID ${seen.value.vmid}, which cannot become ${ref.vmid} - write ${seen.value.vmid} back into the document`,
    )
  if (templateSteps(template, world.observed, context).length === 0) return []
  const host = world.observed.hosts[hostId]
  if (host?.state !== 'known') return []
  const wanted = [
    [imageStorage, 'import'],
    [seedStorage, 'iso'],
  ] as const
  return wanted.flatMap(([storage, content]) => {
    const there = host.value.storages[storage]
    if (!there)
      return refuse('plan.no-storage', `${hostId} has no storage ${storage} - choose another one`)
    if (there.content.includes(content)) return []
    return refuse(
      'plan.storage-content',
      `storage ${storage} of ${hostId} does not take ${content} content - run there: pvesm set ${storage} --content ${[...there.content, content].join(',')}`,
    )
  })
}

/** A template that cannot be cloned onto a VM's host, or whose VMID is somebody else's. */
export function templateRefusals(
  template: WantedTemplate,
  wanted: WantedVm,
  topology: Topology,
  world: World,
): Refused[] {
  const { ref, hostId } = template
  const object = ['templates', template.id]
  const stranger = strangerAt(world, {
    ...{ connection: ref.at.connection, vmid: ref.vmid },
    ...{ kind: 'templates', id: template.id },
  })
  if (stranger)
    return [
      {
        code: 'plan.vmid-taken',
        message: `Template ${ref.name} cannot be made - VMID ${ref.vmid} is ${stranger.guest.name} on ${stranger.hostId}, which is not ours - give it another VMID.`,
        object,
      },
    ]
  if (hostId === wanted.hostId) return []
  const reachable =
    ref.at.connection === wanted.ref.at.connection &&
    isShared(topology.hosts?.[hostId], template.storage)
  if (reachable) return []
  return [
    {
      code: 'plan.template-elsewhere',
      message: `${wanted.vm.name} cannot be cloned - its template is on ${hostId}, whose storage ${template.storage} ${wanted.hostId} does not share - add a template for ${wanted.hostId}.`,
      object: wanted.object,
    },
  ]
}
