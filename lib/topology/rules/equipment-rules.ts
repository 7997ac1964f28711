import { disksBelow } from '../disks-below'
import { contains, formatCidr, parseIpv4 } from '../ipv4'
import { formatQuantity } from '../parse-quantity'
import type { Problem } from '../problem'
import { count, duplicates, listed, note, warning } from './rule'
import type { Survey } from './survey'

/** `equipment.outside-network`: an address that does not lie in the network that is named for it. */
export function equipmentIsInItsNetwork({ topology, networkById }: Survey): Problem[] {
  const placed: { path: string[]; what: string; address?: string; network?: string }[] = [
    ...Object.entries(topology.hosts ?? {}).map(([id, { bmc }]) => ({
      ...{ path: ['hosts', id, 'bmc', 'address'], what: `the BMC of ${id}` },
      ...bmc,
    })),
    ...(['ups', 'switches', 'services'] as const).flatMap((kind) =>
      Object.entries(topology[kind] ?? {}).map(([id, { address, network }]) => ({
        ...{ path: [kind, id, 'address'], what: id },
        ...(address === undefined ? {} : { address }),
        ...(network === undefined ? {} : { network }),
      })),
    ),
    ...Object.entries(topology.unmanaged ?? {}).flatMap(([id, { addresses = [], network }]) =>
      // Another of its addresses may well be elsewhere.
      addresses.length !== 1 || network === undefined
        ? []
        : [{ path: ['unmanaged', id, 'addresses'], what: id, address: addresses[0]!, network }],
    ),
  ]
  return placed.flatMap(({ path, what, address: text, network }) => {
    const address = text === undefined ? null : parseIpv4(text)
    const block = network === undefined ? null : networkById.get(network)?.block
    if (address === null || !block || contains(block, address)) return []
    return [
      warning(
        'equipment.outside-network',
        path,
        `${text} of ${what} is not in ${network} (${formatCidr(block)}) - what follows from its network, as in What-if, is reckoned for the wrong wire. Correct one of them.`,
      ),
    ]
  })
}

/** Watts that small UPS carry for each volt-ampere: 0.55 to 0.67 (data sheets of APC Back-UPS, Smart-UPS and Eaton 5E). */
const WATTS_PER_VA = 0.6

/** `ups.overloaded`, `ups.nobody-told`: whether a UPS carries what hangs on it, and who hears of it. */
export function upsCarryTheirLoad({ topology, proxmox }: Survey): Problem[] {
  const busy = new Map(proxmox.map(({ id, vms }) => [id, vms.length]))
  return Object.entries(topology.ups ?? {}).flatMap(([id, ups]) => {
    const own = Object.entries(topology.hosts ?? {}).filter(([, { power }]) => power?.ups === id)
    const fed = [...new Set([...(ups.feeds ?? []), ...own.map(([host]) => host)])]
    const known = fed.flatMap((each) => topology.hosts?.[each]?.power?.watts ?? [])
    const watts = known.reduce((sum, each) => sum + each, 0)
    const problems: Problem[] = []
    const carries = Math.round((ups.capacityVa ?? 0) * WATTS_PER_VA)
    if (ups.capacityVa !== undefined && watts > carries) {
      const unknown = fed.length - known.length
      const beside = unknown > 0 ? `, and ${count(unknown, 'machine')} more without a number` : ''
      problems.push(
        warning(
          'ups.overloaded',
          ['ups', id, 'capacityVa'],
          `UPS ${id} has ${ups.capacityVa} VA, about ${carries} W, and ${watts} W hang on it (${listed(fed)}${beside}) - it switches off at once when the mains fails. Take something off, or a larger one.`,
        ),
      )
    }
    const hosts = fed.filter((each) => (busy.get(each) ?? 0) > 0)
    if (hosts.length > 0 && ups.host === undefined) {
      const lasts = ups.runtimeMin === undefined ? 'its battery is' : `${ups.runtimeMin} min are`
      problems.push(
        note(
          'ups.nobody-told',
          ['ups', id, 'host'],
          `Nobody is told when UPS ${id} runs on battery - ${listed(hosts)} and their VMs go off hard when ${lasts} over. Write where its data cable ends, and run NUT there.`,
        ),
      )
    }
    return problems
  })
}

const gib = (value: number) => formatQuantity(value, 'GiB')

/** `storage.larger-than-disks`: storages that promise more than the disks below them hold. */
export function storagesFitTheirDisks({ hosts }: Survey): Problem[] {
  return hosts.flatMap(([id, host]) => {
    const taken = new Map<string, number>()
    const problems: Problem[] = []
    for (const [name, storage] of Object.entries(host.storages ?? {})) {
      const disks = disksBelow(storage)
      const sizes = disks.map((disk) => host.disks?.[disk]?.sizeGib)
      if (storage.sizeGib === undefined || disks.length === 0 || sizes.includes(undefined)) continue
      const spare = Math.min(storage.spareDisks ?? 0, disks.length - 1)
      const smallest = Math.min(...sizes.map((size) => size ?? 0))
      // A mirror or RAIDZ has of each disk what the smallest has.
      const holds =
        spare > 0
          ? smallest * (disks.length - spare)
          : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
      const key = disks.toSorted().join(' ')
      const sum = (taken.get(key) ?? 0) + storage.sizeGib
      taken.set(key, sum)
      if (sum <= holds) continue
      problems.push(
        warning(
          'storage.larger-than-disks',
          ['hosts', id, 'storages', name, 'sizeGib'],
          `Storage ${name} of ${id} makes ${gib(sum)} on ${listed(disks)}, which ${disks.length === 1 ? 'holds' : 'hold'} ${gib(holds)}${spare > 0 ? ` with ${count(spare, 'disk')} to spare` : ''} - VMs would be promised room that is not there. Correct the size.`,
        ),
      )
    }
    return problems
  })
}

/** `device.twice`: one PCI device of a host that is written under two names. A mapping may well stand for several. */
export function devicesAreWrittenOnce({ hosts }: Survey): Problem[] {
  return hosts.flatMap(([id, host]) => {
    const all = (['gpus', 'devices'] as const).flatMap((kind) =>
      Object.entries(host[kind] ?? {}).map(([name, { pci }]) => ({ kind, name, pci })),
    )
    return duplicates(all, ({ pci }) => pci ?? null).flatMap(([pci, [first, ...others]]) =>
      others.map(({ kind, name }) =>
        warning(
          'device.twice',
          ['hosts', id, kind, name, 'pci'],
          `${name} of ${id} has the PCI address ${pci}, like ${first!.name} - both are one device, which one VM can have. Remove one, or correct it.`,
        ),
      ),
    )
  })
}

/** `backup.endless`: backups that nothing ever deletes fill their storage, and then fail. */
export function backupsAreThinnedOut({ vms }: Survey): Problem[] {
  return vms.flatMap(({ id, vm: { backup } }) => {
    if (!backup || backup.schedule === undefined) return []
    const { keepDaily = 0, keepWeekly = 0, keepMonthly = 0 } = backup
    if (keepDaily + keepWeekly + keepMonthly > 0) return []
    return [
      note(
        'backup.endless',
        ['vms', id, 'backup'],
        `The backups of ${id} (${backup.schedule}) are kept for ever, as no number says how many - their storage fills up, and then the newest is the one that is missing. Write how many days, weeks and months are kept.`,
      ),
    ]
  })
}

/** `site.same-key`: two ends of a tunnel with one key. Source: wg(8), a peer is known by its public key. */
export function tunnelsHaveTheirOwnKey({ topology }: Survey): Problem[] {
  const sites = Object.entries(topology.sites ?? {}).map(([id, { wireguard }]) => ({
    id,
    key: wireguard?.publicKey ?? null,
  }))
  return duplicates(sites, ({ key }) => key).flatMap(([, [first, ...others]]) =>
    others.map(({ id }) =>
      warning(
        'site.same-key',
        ['sites', id, 'wireguard', 'publicKey'],
        `${id} has the public key of ${first!.id} - WireGuard knows a peer by its key, so that it would take both for one. Make a pair of keys for each.`,
      ),
    ),
  )
}
