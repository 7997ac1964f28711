import type { ConnectionSummary } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import { identityId } from '@/lib/base/identity'
import type { Db } from '@/lib/db/client'
import { getConnection } from '@/lib/db/connections'
import {
  certificateError,
  probeCertificate,
  type ShownCertificate,
  sameFingerprint,
} from '@/lib/proxmox/certificate'
import { areasHeld, comparePrivileges, roleCommands } from '@/lib/proxmox/privileges'
import { readInventory } from '@/lib/steps/read-inventory'
import type { Inventory } from '@/lib/topology/fit/inventory'
import type { Identities } from './identities'
import { expectedOf, type Reach, whose } from './reach'

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
  const { url, fingerprint, caPem } = connection
  let certificate: ShownCertificate | undefined
  try {
    const shown = await probeCertificate(url, signal, caPem)
    certificate = shown
    say(`The certificate says ${shown.subject}, valid to ${shown.validTo}.`)
    say(`Its SHA-256 fingerprint is ${shown.fingerprint}.`)
    judge(connection, shown, identities)
    if (fingerprint !== null) say('It is the accepted one.')
    await identities.settled()

    const proxmox = await reach.proxmox(connectionId)
    const { version, major } = await proxmox.version()
    const nodes = (await proxmox.nodes()).map(({ node }) => node)
    say(`Proxmox VE ${version} with ${nodes.length === 1 ? 'node' : 'nodes'} ${nodes.join(', ')}.`)
    const granted = await proxmox.permissions()
    const areas = areasHeld(granted, major)
    const { missing, excess } = comparePrivileges(granted, major, areas)
    say(missing.length === 0 ? 'No privilege is missing.' : `Missing: ${missing.join(', ')}.`)
    if (areas.length > 0) say(`Beside VMs it may work on: ${areas.join(', ')}.`)
    if (excess.length > 0) say(`More than is needed: ${excess.join(', ')}.`)
    if (missing.length > 0)
      for (const command of roleCommands(major)) say(`On a node, as root: ${command}`)
    const inventory = await readInventory(proxmox, { now, signal })
    for (const { node, facts, trouble } of inventory.nodes)
      say(
        facts
          ? `${node}: ${facts.cpuThreads} threads, ${Math.round(facts.memoryMib / 1024)} GiB, ${facts.storages.length} storages, ${facts.guests.length} guests.`
          : `${node} could not be looked at: ${trouble}`,
      )
    await reach.checkWay(connectionId)
    const value = { version, nodes, missingPrivileges: missing, excessPrivileges: excess }
    return {
      state: { state: 'known', value, at: now(), certificate },
      subject: shown.subject,
      inventory,
      failure: null,
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    const state = { state: 'unknown', reason: error.message, since: now(), certificate } as const
    return { state, subject: certificate?.subject ?? null, inventory: null, failure: error }
  }
}

/** Stores whether the certificate is the one that was accepted; throws if it is not. */
function judge(
  connection: ConnectionSummary,
  shown: ShownCertificate,
  identities: Identities,
): void {
  const { id, url, fingerprint } = connection
  const expected = expectedOf(connection)
  const same =
    fingerprint === null ? shown.trusted : sameFingerprint(fingerprint, shown.fingerprint)
  if (same) {
    identities.proven(identityId.certificate(id))
    return
  }
  if (expected === null) throw new NotAcceptedError(url, shown.fingerprint)
  const error = certificateError(whose(connection), expected, shown.fingerprint)
  identities.changed(identityId.certificate(id), { connectionId: id }, error)
  throw error
}

/** Nobody has compared the certificate yet. The fingerprint is in the message, to compare. */
export class NotAcceptedError extends PanelError {
  readonly code = 'connection.not-accepted'

  constructor(url: string, shown: string) {
    super(
      `The certificate of ${url} was not accepted yet - nobody vouches for it - compare ${shown} with "pvenode cert info" on the host and accept it in Settings > Connections.`,
    )
  }
}
