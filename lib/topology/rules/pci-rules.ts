import type { Problem } from '../problem'
import { blocker, duplicates, fixTo, note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'

const passed = ({ vm }: SurveyedVm): number => (vm.gpus?.length ?? 0) + (vm.devices?.length ?? 0)

type Use = { who: string; host: string | undefined; device: string; path: string[] }

/** Who has which of a host's devices: guests of others first, because theirs is how it is. */
export function usesOf(
  { unmanaged }: Survey['topology'],
  vms: readonly SurveyedVm[],
  kind: 'gpus' | 'devices',
): Use[] {
  const guests = [
    ...Object.entries(unmanaged ?? {}).map(([id, guest]) => ['unmanaged', id, guest] as const),
    ...vms.map(({ id, vm }) => ['vms', id, vm] as const),
  ]
  return guests.flatMap(([collection, id, guest]) =>
    (guest[kind] ?? []).map((device, i) => ({
      ...{ who: id, host: guest.host, device, path: [collection, id, kind, String(i)] },
    })),
  )
}

/** `device.usb`: the plan passes PCI devices alone. */
const sticksByHand = (vms: readonly SurveyedVm[]): Problem[] =>
  vms.flatMap(({ id, vm, host }) =>
    (vm.devices ?? []).flatMap((device, i) => {
      const found = host?.devices?.[device]
      if (found?.kind !== 'usb') return []
      const which = found.usb === undefined ? '' : ` (${found.usb})`
      return [
        note(
          'device.usb',
          ['vms', id, 'devices', String(i)],
          `${device}${which} is a USB device - this version passes PCI devices alone, so that ${id} is made without it. Add it in Proxmox under Hardware; what is added there stays.`,
        ),
      ]
    }),
  )

/** `device.shared`, `device.no-mapping`, `device.usb`: PCI devices other than GPUs, and how Proxmox lets a token pass one (PVE 8 pve-api: hostpci `mapping`). */
export function devicesAreHadOnce({ topology, vms }: Survey): Problem[] {
  const uses = usesOf(topology, vms, 'devices')
  const shared = duplicates(uses, ({ host, device }) => `${host}/${device}`).flatMap(
    ([, [first, ...others]]) =>
      others.map(({ path, device }) =>
        blocker(
          'device.shared',
          path,
          `Device ${device} is already that of ${first!.who} - it is passed to one guest. Remove it from one.`,
        ),
      ),
  )
  const told = new Set<string>()
  const unmapped = vms.flatMap((vm) =>
    (['gpus', 'devices'] as const).flatMap((kind) =>
      (vm.vm[kind] ?? []).flatMap((id) => {
        const found = vm.host?.[kind]?.[id]
        const path = ['hosts', vm.vm.host ?? '', kind, id, 'mapping']
        // A stick is passed by hand anyway: `device.usb`.
        if (found && 'kind' in found && found.kind === 'usb') return []
        if (!found || found.mapping !== undefined || told.has(path.join('/'))) return []
        told.add(path.join('/'))
        return [
          warning(
            'device.no-mapping',
            path,
            `${id} of ${vm.vm.host} is passed to ${vm.id} and names no PCI mapping - Proxmox lets root alone pass a device by its address, and the panel signs in with a token. A plan leaves it out. Make a mapping under Datacenter > Resource Mappings and write its name.`,
          ),
        ]
      }),
    ),
  )
  return [...shared, ...unmapped, ...sticksByHand(vms)]
}

/**
 * `gpu.machine`, `gpu.balloon`, `gpu.kernel`: what a passed-through card needs (traps T20): PCIe of
 * q35, memory that stays, and a kernel with DRM, which Debian's cloud flavour lacks (measured in the
 * packages of Debian 12 and 13).
 */
export function passthroughIsWhole({ topology, vms }: Survey): Problem[] {
  return vms.flatMap((each) => {
    const { id, vm } = each
    if (passed(each) === 0) return []
    const problems: Problem[] = []
    if (vm.machine === 'i440fx') {
      const path = ['vms', id, 'machine']
      problems.push(
        warning(
          'gpu.machine',
          path,
          `${id} has a passed-through device and the machine i440fx, which has no PCIe - drivers see a card on an old bus or none. Use q35.`,
          fixTo('Use q35', { path, from: vm.machine, to: 'q35' }),
        ),
      )
    }
    if ((vm.balloonMib ?? 0) > 0) {
      const path = ['vms', id, 'balloonMib']
      problems.push(
        warning(
          'gpu.balloon',
          path,
          `${id} has a passed-through device and a balloon of ${vm.balloonMib} MiB - the device writes into memory itself, so that all of it is pinned and none is given back. Switch the balloon off.`,
          fixTo('Switch the balloon off', { path, from: vm.balloonMib!, to: 0 }),
        ),
      )
    }
    const template = vm.template === undefined ? undefined : topology.templates?.[vm.template]
    const cloud = template?.os === 'debian' && !template.packages?.includes('linux-image-amd64')
    if ((vm.gpus?.length ?? 0) > 0 && template && cloud) {
      const path = ['templates', vm.template!, 'packages']
      problems.push(
        note(
          'gpu.kernel',
          path,
          `${id} has a GPU and is cloned from a Debian cloud image, whose kernel is built without DRM - no driver would load. Bake linux-image-amd64 in.`,
          fixTo('Bake linux-image-amd64 in', {
            path,
            ...(template.packages ? { from: template.packages } : {}),
            to: [...(template.packages ?? []), 'linux-image-amd64'],
          }),
        ),
      )
    }
    return problems
  })
}
