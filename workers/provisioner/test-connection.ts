import type { ConnectionSummary } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import { getConnection } from '@/lib/db/connections'
import { documentsOn } from '@/lib/db/documents-on'
import { drawnAreas } from '@/lib/plan/networks/drawn-areas'
import {
  areasHeld,
  comparePrivileges,
  type PrivilegeArea,
  roleUpdateCommands,
} from '@/lib/proxmox/privileges'
import { readInventory } from '@/lib/steps/read-inventory'
import type { Inventory } from '@/lib/topology/fit/inventory'
import type { Topology } from '@/lib/topology/topology'
import type { Identities } from './identities'
import type { Reach } from './reach'
import { lookAtAddresses } from './test-addresses'

export type TestInput = {
  db: Db
  reach: Reach
  identities: Identities
  connectionId: string
  signal: AbortSignal
  now(): number
}

export type TestResult = {
  state: ConnectionSummary['state']
  /** Of the certificate that was shown, null if none was. */
  subject: string | null
  /** What its nodes have, for the Fit page; null if they could not be asked. */
  inventory: Inventory | null
  failure: PanelError | null
}

/**
 * Looks at one connection: its certificate, version, nodes, and what its token may do. What went
 * wrong is in the result, because it is stored as what is known of the connection.
 */
export async function testConnection(
  { db, reach, identities, connectionId, signal, now }: TestInput,
  say: (line: string) => void,
): Promise<TestResult> {
  const connection = await getConnection(db, connectionId)
  const { addresses, failure } = await lookAtAddresses(connection, { identities, signal }, say)
  const certificate = addresses[0]?.certificate ?? undefined
  const subject = addresses.find((each) => each.certificate !== null)?.certificate?.subject ?? null
  const shown = { certificate, ...(connection.others.length === 0 ? {} : { addresses }) }
  try {
    if (failure !== null) throw failure
    const used = addresses.find(({ reason }) => reason === null)
    if (used && used.url !== connection.url) say(`${used.url} answers in its place.`)
    const proxmox = await reach.proxmox(connectionId)
    const { version, major } = await proxmox.version()
    const nodes = (await proxmox.nodes()).map(({ node }) => node)
    say(`Proxmox VE ${version} with ${nodes.length === 1 ? 'node' : 'nodes'} ${nodes.join(', ')}.`)
    const granted = await proxmox.permissions()
    const documents = await documentsOn(db, connectionId)
    const areas = judgeAreas(areasHeld(granted, major), documents, connectionId)
    const all = [...areas.drawn, ...areas.held]
    const { missing, excess } = comparePrivileges(granted, major, all)
    say(missing.length === 0 ? 'No privilege is missing.' : `Missing: ${missing.join(', ')}.`)
    if (areas.drawn.length > 0) say(`Drawn beside VMs, so needed: ${areas.drawn.join(', ')}.`)
    if (areas.held.length > 0) say(`Beside VMs it may work on: ${areas.held.join(', ')}.`)
    if (excess.length > 0) say(`More than is needed: ${excess.join(', ')}.`)
    if (missing.length > 0 || excess.length > 0)
      for (const command of roleUpdateCommands(major, all)) say(`On a node, as root: ${command}`)
    const inventory = await readInventory(proxmox, { now, signal })
    for (const { node, facts, trouble } of inventory.nodes)
      say(
        facts
          ? `${node}: ${facts.cpuThreads} threads, ${Math.round(facts.memoryMib / 1024)} GiB, ${facts.storages.length} storages, ${facts.guests.length} guests.`
          : `${node} could not be looked at: ${trouble}`,
      )
    await reach.checkWay(connectionId)
    const value = {
      ...{ version, nodes, missingPrivileges: missing, excessPrivileges: excess },
      areas,
    }
    return {
      state: { state: 'known', value, at: now(), ...shown },
      subject,
      inventory,
      failure: null,
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    const state = { state: 'unknown', reason: error.message, since: now(), ...shown } as const
    return { state, subject, inventory: null, failure: error }
  }
}

/** What is drawn on a connection counts as needed, whether the token may do it or not. */
function judgeAreas(
  held: readonly PrivilegeArea[],
  documents: readonly Topology[],
  connectionId: string,
): { drawn: PrivilegeArea[]; held: PrivilegeArea[] } {
  const drawn = new Set(documents.flatMap((topology) => drawnAreas(topology, connectionId)))
  return {
    drawn: [...drawn].toSorted(),
    held: held.filter((area) => !(drawn as ReadonlySet<string>).has(area)),
  }
}
