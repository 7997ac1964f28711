import { defaultStorage } from '../defaults'
import { BridgeName, PartName } from '../model/common'
import type { Host, Storage } from '../topology'
import { ask, type FittedHost, type Fitting, hostOf, put } from './fitting'
import type { InventoryBridge, InventoryStorage } from './inventory'

/** Best for disks first: what grows as it is written to and makes snapshots. */
const RANK: readonly Storage['kind'][] = [
  'lvmthin',
  'zfspool',
  'rbd',
  'btrfs',
  'lvm',
  'nfs',
  'cifs',
  'dir',
  'cephfs',
  'pbs',
]
const CONTENT = ['images', 'iso', 'import', 'backup', 'snippets', 'vztmpl', 'rootdir'] as const
/** Whether the document can hold a name of Proxmox. */
const isPart = (name: string) => PartName.safeParse(name).success

const kindOf = ({ type }: InventoryStorage) => RANK.find((kind) => kind === type)
const freeGib = ({ totalGib, usedGib }: InventoryStorage) =>
  Math.max(0, Math.floor(totalGib - usedGib))

/** Storages and bridges of each machine, and where its VMs' disks go. */
export function fitStorages(fitting: Fitting): void {
  for (const host of fitting.hosts) {
    putBridges(fitting, host)
    const usable = host.facts.storages.filter(
      (each) => each.active && kindOf(each) !== undefined && isPart(each.id),
    )
    const forDisks = usable
      .filter(({ content }) => content.includes('images'))
      .toSorted(
        (a, b) => RANK.indexOf(kindOf(a)!) - RANK.indexOf(kindOf(b)!) || freeGib(b) - freeGib(a),
      )
    const chosen = chooseStorage(fitting, host, forDisks)
    putStorages(fitting, host, usable, chosen)
    if (chosen !== null) moveDisks(fitting, host.id, new Set(forDisks.map(({ id }) => id)))
    tellMissing(fitting, host, usable)
  }
}

function chooseStorage(
  fitting: Fitting,
  { id, facts }: FittedHost,
  forDisks: readonly InventoryStorage[],
): string | null {
  const [best] = forDisks
  if (!best) {
    const others = facts.storages.map((each) => each.id).join(', ') || 'none'
    fitting.unmet.push({
      code: 'fit.no-disk-storage',
      message: `${id} has no active storage that keeps disk images (it has ${others}) - VMs have nowhere to stand - switch the content "Disk image" on for one in Proxmox (Datacenter > Storage), test the connection again.`,
    })
    return null
  }
  const now = defaultStorage(fitting.topology.hosts?.[id])
  const kept = forDisks.find((each) => each.id === now)
  const proposed = (kept ?? best).id
  if (forDisks.length === 1) return proposed
  return ask(fitting, {
    id: `storage:${id}`,
    title: `Which storage of ${id} takes the disks of its VMs?`,
    why: 'Disks that name another storage of the host stay there.',
    options: forDisks.map((each) => ({
      value: each.id,
      label: `${each.id} (${each.type}, ${freeGib(each)} GiB free)`,
    })),
    proposed,
    origin: kept ? 'document' : 'found',
  })
}

/** The host's storages as they are; the chosen one first, because that is where disks go by default. */
function putStorages(
  fitting: Fitting,
  { id }: FittedHost,
  usable: readonly InventoryStorage[],
  chosen: string | null,
): void {
  const before = hostOf(fitting.topology, id).storages ?? {}
  const known = usable.filter((each) => Object.hasOwn(before, each.id))
  const ordered = [
    ...Object.keys(before).flatMap((each) => known.find((one) => one.id === each) ?? []),
    ...usable.filter((each) => !Object.hasOwn(before, each.id)),
  ]
  const storages = Object.fromEntries(
    ordered.map((each) => [each.id, toStorage(each, before[each.id])]),
  )
  const first = defaultStorage({ role: 'proxmox', storages })
  const own = chosen === null ? undefined : storages[chosen]
  const placed =
    chosen === null || own === undefined || first === chosen
      ? storages
      : { [chosen]: own, ...storages }
  put(fitting, ['hosts', id, 'storages'], placed)
}

function toStorage(seen: InventoryStorage, before: Storage | undefined): Storage {
  const kind = kindOf(seen)!
  const content = CONTENT.filter((each) => seen.content.includes(each))
  const same = before?.kind === kind
  const sameContent =
    same && before.content !== undefined && content.every((each) => before.content?.includes(each))
  return {
    ...(same ? before : {}),
    kind,
    ...(seen.totalGib >= 1 ? { sizeGib: Math.floor(seen.totalGib) } : {}),
    ...(seen.shared && !['nfs', 'cifs', 'rbd', 'cephfs', 'pbs'].includes(kind)
      ? { shared: true }
      : {}),
    content:
      sameContent && before.content!.length === content.length ? before.content! : [...content],
  }
}

/** A disk on a storage that is not there goes to the default; a backup to one goes away. */
function moveDisks(fitting: Fitting, host: string, forDisks: ReadonlySet<string>): void {
  const backups = hostOf(fitting.topology, host).storages ?? {}
  for (const [id, vm] of Object.entries(fitting.topology.vms ?? {})) {
    if (vm.host !== host) continue
    for (const [disk, { storage }] of Object.entries(vm.disks ?? {})) {
      if (storage !== undefined && !forDisks.has(storage))
        put(fitting, ['vms', id, 'disks', disk, 'storage'], undefined)
    }
    const target = vm.backup?.storage
    if (target !== undefined && !backups[target]?.content?.includes('backup')) {
      put(fitting, ['vms', id, 'backup'], undefined)
      fitting.took.push(`${id}: its backup to ${target}, which ${host} does not have.`)
    }
  }
}

/** What templates need beside disks. PVE's own `local` takes no `import` content until it is switched on. */
function tellMissing(
  fitting: Fitting,
  { id, facts }: FittedHost,
  usable: readonly InventoryStorage[],
): void {
  const makes = Object.values(fitting.topology.templates ?? {}).some(({ host }) => host === id)
  if (!makes) return
  for (const content of ['import', 'iso'] as const) {
    if (usable.some((each) => each.content.includes(content))) continue
    const files = usable.find(({ type }) =>
      ['dir', 'nfs', 'cifs', 'btrfs', 'cephfs'].includes(type),
    )
    const how = files
      ? `run on the host: pvesm set ${files.id} --content ${[...files.content, content].join(',')}`
      : 'add a directory storage in Proxmox (Datacenter > Storage)'
    fitting.unmet.push({
      code: `fit.no-${content}-storage`,
      message: `${id} has no storage for ${content === 'import' ? 'images to import' : 'ISO files'} (${facts.storages.map((each) => each.id).join(', ') || 'none'}) - the template cannot be made there - ${how}, and test the connection again.`,
    })
  }
}

function putBridges(fitting: Fitting, { id, facts }: FittedHost): void {
  const before: NonNullable<Host['bridges']> = hostOf(fitting.topology, id).bridges ?? {}
  const bridges = facts.bridges
    .filter(({ name }) => isPart(name) && BridgeName.safeParse(name).success)
    .map((bridge: InventoryBridge) => {
      const { vlanAware: was, ...kept } = before[bridge.name] ?? {}
      const aware = bridge.vlanAware || was === false
      return [bridge.name, { ...(aware ? { vlanAware: bridge.vlanAware } : {}), ...kept }] as const
    })
  put(fitting, ['hosts', id, 'bridges'], Object.fromEntries(bridges))
}
