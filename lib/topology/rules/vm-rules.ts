import { defaultStorage } from '../defaults'
import type { Problem } from '../problem'
import { isShared } from '../shared-storage'
import { usesOf } from './pci-rules'
import { blocker, duplicates, fixTo, listed, note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'

/** The only id of a map, as a fix for a field that lacks it. */
function onlyFix(path: string[], ids: readonly string[]) {
  return ids.length === 1 ? fixTo(`Use ${ids[0]}`, { path, to: ids[0]! }) : null
}

/** `vm.no-host`, `vm.panel-host`: where it runs. */
export function vmsHaveAHost({ hosts, vms }: Survey): Problem[] {
  const proxmox = hosts.filter(([, host]) => host.role === 'proxmox').map(([id]) => id)
  return vms.flatMap(({ id, vm, host }) => {
    const path = ['vms', id, 'host']
    if (vm.host === undefined) {
      return [
        blocker(
          'vm.no-host',
          path,
          `${id} names no host - nobody knows where to make it. Choose one.`,
          onlyFix(path, proxmox),
        ),
      ]
    }
    if (host && host.role !== 'proxmox') {
      return [
        blocker(
          'vm.panel-host',
          path,
          `${id} is on ${vm.host}, which ${host.role === 'panel' ? 'runs the panel and no VMs' : 'is no Proxmox host'} - nothing can be made there. Choose a Proxmox host.`,
          proxmox.length === 1
            ? fixTo(`Move to ${proxmox[0]}`, { path, from: vm.host, to: proxmox[0]! })
            : null,
        ),
      ]
    }
    return []
  })
}

/** `vm.no-size`, `vm.no-template`, `vm.no-nic`: what it is made of. */
export function vmsAreWhole({ topology, vms }: Survey): Problem[] {
  const templates = Object.keys(topology.templates ?? {})
  const sizes = Object.keys(topology.sizes ?? {})
  return vms.flatMap(({ id, vm, cpus, memoryMib, disks }) => {
    const problems: Problem[] = []
    const systemGib = disks.find(({ disk }) => disk.kind === 'system')?.sizeGib ?? null
    const unknownSize = vm.size !== undefined && !topology.sizes?.[vm.size]
    if (
      !unknownSize &&
      (cpus === null || memoryMib === null || (systemGib === null && !vm.adopted))
    ) {
      const open = [
        cpus === null && 'vCPUs',
        memoryMib === null && 'memory',
        systemGib === null && 'system disk',
      ].filter(Boolean)
      const path = ['vms', id, 'size']
      problems.push(
        blocker(
          'vm.no-size',
          path,
          `${id} has no ${open.join(', no ')} - it cannot be made. Choose a size.`,
          onlyFix(path, sizes),
        ),
      )
    }
    if (vm.template === undefined && !vm.adopted) {
      const path = ['vms', id, 'template']
      problems.push(
        blocker(
          'vm.no-template',
          path,
          `${id} names no template - there is nothing to clone it from. Choose one.`,
          onlyFix(path, templates),
        ),
      )
    }
    if (Object.keys(vm.nics ?? {}).length === 0 && !vm.adopted) {
      problems.push(
        blocker(
          'vm.no-nic',
          ['vms', id, 'nics'],
          `${id} has no NIC - the panel could not reach it. Add one.`,
        ),
      )
    }
    return problems
  })
}

/** `disk.no-size`, `disk.system-first`: a VM's disks. */
export function disksAreWhole({ vms }: Survey): Problem[] {
  return vms.flatMap(({ id, disks }) => {
    const problems: Problem[] = []
    for (const [i, { id: diskId, disk, sizeGib }] of disks.entries()) {
      const path = ['vms', id, 'disks', diskId]
      if (disk.kind === 'data' && sizeGib === null) {
        problems.push(
          blocker(
            'disk.no-size',
            [...path, 'sizeGib'],
            `Data disk ${diskId} of ${id} has no size - it cannot be made. Write sizeGib.`,
          ),
        )
      }
      if (disk.kind === 'system' && i > 0) {
        problems.push(
          blocker(
            'disk.system-first',
            [...path, 'kind'],
            `System disk ${diskId} of ${id} comes after another disk - the VM boots from its first. Put it first and have one only.`,
          ),
        )
      }
    }
    return problems.concat(sharedMounts(id, disks))
  })
}

const sharedMounts = (id: string, disks: SurveyedVm['disks']): Problem[] =>
  duplicates(disks, ({ disk }) => disk.mount ?? null).flatMap(([mount, [first, ...others]]) =>
    others.map((each) =>
      blocker(
        'disk.mount-duplicate',
        ['vms', id, 'disks', each.id, 'mount'],
        `${mount} is already where ${first!.id} of ${id} is mounted - one would hide the other. Choose another path.`,
      ),
    ),
  )

/** `template.elsewhere`: a clone stays on the disk that its template is on, unless the storage is shared. */
export function templatesAreWhereTheirVmsAre({ topology, proxmox, vms }: Survey): Problem[] {
  const first = proxmox[0]?.id
  const far = new Map<string, { home: string; vms: string[]; hosts: Set<string> }>()
  for (const { id, vm, host } of vms) {
    const template = vm.template === undefined ? undefined : topology.templates?.[vm.template]
    const home = template?.host ?? first
    if (!template || host?.role !== 'proxmox' || home === undefined || home === vm.host) continue
    const keeper = topology.hosts?.[home]
    const storage = keeper?.storages?.[defaultStorage(keeper)]
    if (!keeper || (storage && isShared(storage) && keeper.connection === host.connection)) continue
    const found = far.get(vm.template!) ?? { home, vms: [], hosts: new Set<string>() }
    found.vms.push(id)
    found.hosts.add(vm.host!)
    far.set(vm.template!, found)
  }
  return [...far].map(([id, { home, vms: names, hosts }]) =>
    blocker(
      'template.elsewhere',
      ['templates', id, 'host'],
      `Template ${id} is on ${home}, whose storage other hosts do not share, and ${listed(names)} on ${listed([...hosts])} ${names.length === 1 ? 'is' : 'are'} to be cloned from it - a clone cannot leave that disk. Add a template for ${hosts.size === 1 ? 'that host' : 'each of these hosts'}.`,
    ),
  )
}

/** `template.no-image`: a template that nobody can make. */
export function templatesCanBeMade({ topology, vms }: Survey): Problem[] {
  const used = new Set(vms.map(({ vm }) => vm.template))
  return Object.entries(topology.templates ?? {}).flatMap(([id, template]) => {
    const path = ['templates', id, 'image']
    if (!used.has(id)) return []
    if (!template.image) {
      return [
        warning(
          'template.no-image',
          path,
          `Template ${id} names no image - the panel cannot make it, so it must exist already. Write the URL of a cloud image.`,
        ),
      ]
    }
    if (template.image.sha256) return []
    return [
      note(
        'template.no-checksum',
        [...path, 'sha256'],
        `The image of ${id} has no checksum - a changed or damaged download goes unnoticed. Write its sha256.`,
      ),
    ]
  })
}

/** `gpu.shared`, `gpu.firmware`: a passed-through card. */
export function gpusAreHadOnce({ topology, vms }: Survey): Problem[] {
  const uses = usesOf(topology, vms, 'gpus')
  const shared = duplicates(uses, ({ host, device }) => `${host}/${device}`).flatMap(
    ([, [first, ...others]]) =>
      others.map(({ path, device }) =>
        blocker(
          'gpu.shared',
          path,
          `GPU ${device} is already that of ${first!.who} - a card is passed to one guest. Remove it from one.`,
        ),
      ),
  )
  const firmware = vms.flatMap(({ id, vm }) =>
    (vm.gpus?.length ?? 0) > 0 && vm.bios !== 'ovmf'
      ? [
          warning(
            'gpu.firmware',
            ['vms', id, 'bios'],
            `${id} has a GPU and boots with SeaBIOS - most cards need OVMF. Set bios to ovmf.`,
            fixTo('Use OVMF', {
              path: ['vms', id, 'bios'],
              ...(vm.bios ? { from: vm.bios } : {}),
              to: 'ovmf',
            }),
          ),
        ]
      : [],
  )
  return [...shared, ...firmware]
}
