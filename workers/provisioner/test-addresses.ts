import type { ConnectionSummary, SeenAddress } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import { IdentityChangedError, identityId } from '@/lib/base/identity'
import { otherIdentity, trustIn } from '@/lib/db/connection-addresses'
import { certificateError, probeCertificate, sameFingerprint } from '@/lib/proxmox/certificate'
import type { Identities } from './identities'
import { expectedOf, whose } from './reach'

/** What was found at each address of a connection, and what keeps the panel from using any. */
export type SeenAddresses = {
  /** The first address first. */
  addresses: SeenAddress[]
  /**
   * Another certificate than the accepted one at any address; else the first one's that nobody has
   * accepted; else, where none can be used, why not the first.
   */
  failure: PanelError | null
}

type Place = {
  url: string
  fingerprint: string | null
  /** Its name in the store of identities. */
  identity: string
  first: boolean
  /** Whether a machine-trusted certificate will do. */
  bySystem: boolean
}

const placesOf = (connection: ConnectionSummary): Place[] => {
  const { id, url, fingerprint, others } = connection
  return [
    { url, fingerprint, identity: identityId.certificate(id), first: true, bySystem: true },
    ...others.map((other) => ({
      ...other,
      identity: otherIdentity(id, other),
      first: false,
      bySystem: trustIn(connection, other) !== 'nobody',
    })),
  ]
}

/** Asks all addresses for their certificates at once, says what each showed, and judges it. */
export async function lookAtAddresses(
  connection: ConnectionSummary,
  { identities, signal }: { identities: Identities; signal: AbortSignal },
  say: (line: string) => void,
): Promise<SeenAddresses> {
  const looks = await Promise.all(
    placesOf(connection).map(async (place) => ({
      place,
      shown: await probeCertificate(place.url, signal, connection.caPem).catch(asPanelError),
    })),
  )
  signal.throwIfAborted()
  const judged = looks.map(({ place, shown }) => {
    if (shown instanceof PanelError) {
      say(shown.message)
      return { place, error: shown, certificate: null }
    }
    const host = new URL(place.url).host
    say(`The certificate of ${host} says ${shown.subject}, valid to ${shown.validTo}.`)
    say(`Its SHA-256 fingerprint is ${shown.fingerprint}.`)
    const error = judge(connection, { place, shown }, identities)
    if (error === null && place.fingerprint !== null) say('It is the accepted one.')
    if (error !== null && !place.first) say(error.message)
    return { place, error, certificate: shown }
  })
  await identities.settled()
  return {
    addresses: judged.map(({ place, error, certificate }) => ({
      ...{ url: place.url, reason: error?.message ?? null, certificate },
    })),
    failure: worst(judged),
  }
}

function worst(judged: readonly { place: Place; error: PanelError | null }[]): PanelError | null {
  const changed = judged.find(({ error }) => error instanceof IdentityChangedError)
  if (changed) return changed.error
  const [first] = judged
  if (first?.error instanceof NotAcceptedError) return first.error
  return judged.some(({ error }) => error === null) ? null : (first?.error ?? null)
}

function asPanelError(error: unknown): PanelError {
  if (error instanceof PanelError) return error
  throw error
}

type Shown = Awaited<ReturnType<typeof probeCertificate>>

/** Stores whether the certificate is the one that was accepted; answers why it is not. */
function judge(
  connection: ConnectionSummary,
  { place, shown }: { place: Place; shown: Shown },
  identities: Identities,
): PanelError | null {
  const { url, fingerprint, identity, bySystem } = place
  const { id: connectionId, caPem, name } = connection
  const expected = expectedOf({ fingerprint, caPem })
  const same =
    fingerprint === null
      ? bySystem && shown.trusted
      : sameFingerprint(fingerprint, shown.fingerprint)
  if (same) {
    identities.proven(identity)
    return null
  }
  if (expected === null) return new NotAcceptedError(url, shown.fingerprint)
  const error = certificateError(whose({ name, url }), expected, shown.fingerprint)
  identities.changed(identity, { connectionId }, error)
  return error
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
