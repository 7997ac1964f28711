import type { Json } from '../change'
import { type Fitting, put } from '../fit/fitting'
import type { InventoryBridge, InventoryStorage, NodeFacts } from '../fit/inventory'
import { freeId } from '../free-id'
import { BridgeName, PartName } from '../model/common'
import { type Host, Storage } from '../model/host'
import { idOf } from './names'

/** A machine that was read: the connection that reaches it, its node, and what that has. */
export type ReadMachine = { connection: string; node: string; facts: NodeFacts }

/** The host of the document that a machine is, drawn with what was read where there is none. */
export function drawHost(fitting: Fitting, { connection, node, facts }: ReadMachine): string {
  const hosts = fitting.topology.hosts
  const known = Object.entries(hosts ?? {}).find(
    ([id, host]) => host.connection === connection && (host.node ?? id) === node,
  )
  if (known) {
    addStorages(fitting, known[0], facts)
    return known[0]
  }
  const id = freeId(hosts, idOf(node, 'pve'))
  const address = facts.bridges.find((each) => each.gateway !== null)?.address?.split('/')[0]
  const host: Host = {
    role: 'proxmox',
    connection,
    ...(id === node ? {} : { node }),
    ...(/^\d{1,2}(\.\d{1,2}){0,2}$/.test(facts.version) ? { version: facts.version } : {}),
    ...(address === undefined ? {} : { address }),
    cpuThreads: Math.max(1, facts.cpuThreads),
    memoryMib: Math.max(1, Math.floor(facts.memoryMib)),
    storages: Object.fromEntries(
      facts.storages.flatMap((each) => {
        const storage = toStorage(each)
        return storage ? [[each.id, storage] as const] : []
      }),
    ),
    bridges: bridgesOf(facts.bridges),
  }
  put(fitting, ['hosts', id], host as Json)
  return id
}

/** Storages that the document's host lacks: disks of machines that are taken over may be on them. */
function addStorages(fitting: Fitting, host: string, { storages }: NodeFacts): void {
  const drawn = fitting.topology.hosts?.[host]?.storages
  for (const each of storages) {
    const storage = toStorage(each)
    if (storage && !Object.hasOwn(drawn ?? {}, each.id))
      put(fitting, ['hosts', host, 'storages', each.id], storage)
  }
}

const CONTENT = Storage.shape.content.unwrap().element

function toStorage({ id, type, content, shared, totalGib, active }: InventoryStorage) {
  const kind = Storage.shape.kind.safeParse(type)
  if (!active || !kind.success || !PartName.safeParse(id).success) return null
  const byItself = ['nfs', 'cifs', 'rbd', 'cephfs', 'pbs'].includes(kind.data)
  return {
    kind: kind.data,
    ...(totalGib >= 1 ? { sizeGib: Math.floor(totalGib) } : {}),
    ...(shared && !byItself ? { shared: true } : {}),
    content: content.flatMap((each) => {
      const known = CONTENT.safeParse(each)
      return known.success ? [known.data] : []
    }),
  }
}

const bridgesOf = (bridges: readonly InventoryBridge[]): NonNullable<Host['bridges']> =>
  Object.fromEntries(
    bridges
      .filter(({ name }) => PartName.safeParse(name).success && BridgeName.safeParse(name).success)
      .map(({ name, vlanAware }) => [name, vlanAware ? { vlanAware } : {}] as const),
  )
