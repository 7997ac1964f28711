import type { ConnectionSummary } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import { getConnection } from '@/lib/db/connections'
import { probeCertificate, type ShownCertificate, sameFingerprint } from '@/lib/proxmox/certificate'
import { comparePrivileges, roleCommands } from '@/lib/proxmox/privileges'
import type { Reach } from './reach'

export type TestInput = {
  db: Db
  reach: Reach
  connectionId: string
  signal: AbortSignal
  now(): number
}

export type TestResult = {
  state: ConnectionSummary['state']
  /** Of the certificate that was shown, null if none was. */
  subject: string | null
  failure: PanelError | null
}

/**
 * Looks at one connection: its certificate, version, nodes, and what its token may do. What went
 * wrong is in the result, because it is stored as what is known of the connection.
 */
export async function testConnection(
  { db, reach, connectionId, signal, now }: TestInput,
  say: (line: string) => void,
): Promise<TestResult> {
  const { url, fingerprint } = await getConnection(db, connectionId)
  let certificate: ShownCertificate | undefined
  try {
    const shown = await probeCertificate(url, signal)
    certificate = shown
    say(`The certificate says ${shown.subject}, valid to ${shown.validTo}.`)
    say(`Its SHA-256 fingerprint is ${shown.fingerprint}.`)
    if (fingerprint === null && !shown.trusted) throw new NotAcceptedError(url, shown.fingerprint)
    if (fingerprint !== null && sameFingerprint(fingerprint, shown.fingerprint))
      say('It is the accepted one.')

    const proxmox = await reach.proxmox(connectionId)
    const { version, major } = await proxmox.version()
    const nodes = (await proxmox.nodes()).map(({ node }) => node)
    say(`Proxmox VE ${version} with ${nodes.length === 1 ? 'node' : 'nodes'} ${nodes.join(', ')}.`)
    const { missing, excess } = comparePrivileges(await proxmox.permissions(), major)
    say(missing.length === 0 ? 'No privilege is missing.' : `Missing: ${missing.join(', ')}.`)
    if (excess.length > 0) say(`More than is needed: ${excess.join(', ')}.`)
    if (missing.length > 0)
      for (const command of roleCommands(major)) say(`On a node, as root: ${command}`)
    const value = { version, nodes, missingPrivileges: missing, excessPrivileges: excess }
    return {
      state: { state: 'known', value, at: now(), certificate },
      subject: shown.subject,
      failure: null,
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    const state = { state: 'unknown', reason: error.message, since: now(), certificate } as const
    return { state, subject: certificate?.subject ?? null, failure: error }
  }
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
