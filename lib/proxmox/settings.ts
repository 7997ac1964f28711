import type { IdentityChangedError } from '@/lib/base/identity'
import type { Secret } from '@/lib/base/secret'

/** Where one node's API answers, and what it must show. */
export type ProxmoxAddress = {
  /** `https://10.0.0.5:8006`; a path is ignored. */
  url: string
  /** SHA-256 of the certificate, `AA:BB:...`. Null: the pasted authority, else the system's decide. */
  fingerprint: string | null
}

/** How long the driver waits, in milliseconds, and how much it does at once. */
export type Limits = {
  /** For a connection with its certificate. Default 8,000. */
  connectMs?: number
  /** For an answer. Default 40,000: PVE itself gives up on a hung node after 30 s, with a 596. */
  answerMs?: number
  /** Most connections to one node at once. Default 8. */
  connections?: number
}

/** Another node: with a name for messages and a listener of its own, else the first one's. */
export type OtherAddress = ProxmoxAddress & Pick<ProxmoxSettings, 'name' | 'onChanged'>

/** How a Proxmox is reached and by whom. */
export type ProxmoxSettings = ProxmoxAddress & {
  /** Other nodes of the same cluster, asked where the ones before cannot be reached. */
  others?: readonly OtherAddress[]
  auth:
    | { kind: 'token' /** `user@realm!name` */; id: string; secret: Secret }
    | { kind: 'ticket' /** `user@realm` */; user: string; password: Secret }
  /** PEM of the one authority whose certificates count where no fingerprint is pinned. */
  caPem?: string | null
  /** Whose certificate it is, for messages; default host and port of the URL. */
  name?: string
  limits?: Limits
  /** Told once when another certificate is shown; from then on every call fails with it. */
  onChanged?(error: IdentityChangedError): void
}
