import type { IdentityKind } from '@/lib/base/identity'

/** A machine's identity that is another than the accepted one; `offered` null: not any more. */
export type ConnectionIdentity = {
  /** `certificate:<connection>`, `jump-host:<connection>`, `vm:<topology>/<vm>`, `cluster:<topology>/<cluster>`. */
  id: string
  kind: IdentityKind
  connectionId: string | null
  topologyId: string | null
  /** VM or cluster in its document. */
  objectId: string | null
  /** Whose it is, for people. */
  name: string
  /** Fingerprint; null: none was accepted yet. */
  expected: string | null
  offered: string | null
  /** Since when the other one is shown, UTC milliseconds. */
  seenAt: number | null
}

/** GET /api/identities: what shows another identity now, oldest first. */
export type IdentitiesAnswer = ConnectionIdentity[]

/** POST /api/identities: `offered` is what was compared; 409 `identity.other-again` if it is another now. */
export type AcceptIdentityRequest = { id: string; offered: string; compared: true }

/** An address that may be connected to beside those of connections and add-ons. */
export type OtherAddress = {
  /** A name, `*.name`, or an address. */
  host: string
  /** Null: every port. */
  port: number | null
  /** What it is for, as the admin wrote it. */
  note: string
}

/** GET and PUT /api/settings/egress. `known` is what is allowed without being typed. */
export type EgressAnswer = {
  other: OtherAddress[]
  known: { host: string; port: number | null; by: string }[]
}
export type EgressRequest = { other: OtherAddress[] }
