import { PanelError } from './errors'

/** What proves who a machine is: a certificate of Proxmox, an SSH host key, a cluster's certificate. */
export type IdentityKind = 'certificate' | 'jump-host' | 'vm' | 'cluster'

/** Another identity than the one that was accepted. Fingerprints as the tools of the field print them. */
export type IdentityChange = {
  kind: IdentityKind
  /** Whose it is, for people: `Rack (pve1.lan:8006)`. */
  name: string
  /** Null: none was accepted yet. */
  expected: string | null
  offered: string
  /** An SSH host key itself, `ssh-ed25519 AAAA...`: what is pinned if a person accepts it. */
  offeredKey?: string
}

/** One identity's name in the store. */
export const identityId = {
  certificate: (connection: string) => `certificate:${connection}`,
  /** Of another node of the same cluster; `host` with its port. */
  otherCertificate: (connection: string, host: string) => `certificate:${connection}@${host}`,
  jumpHost: (connection: string) => `jump-host:${connection}`,
  vm: (topology: string, vm: string) => `vm:${topology}/${vm}`,
  cluster: (topology: string, cluster: string) => `cluster:${topology}/${cluster}`,
}

const PROOF: Record<IdentityKind, string> = {
  certificate: 'certificate',
  'jump-host': 'SSH host key',
  vm: 'SSH host key',
  cluster: 'certificate',
}

const REMEDY: Record<IdentityKind, string> = {
  certificate:
    'compare it on the host itself (pvenode cert info) and accept it in Settings > Connections',
  'jump-host':
    'compare it at its own console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and accept it in Settings > Connections',
  vm: 'rebuild it, or compare it at its console (ssh-keygen -lf) and accept it on its page, under Problems',
  cluster:
    'if its control plane was made anew, Deploy reads the new one over SSH; otherwise find out who answers there',
}

/**
 * A machine shows another identity than the accepted one, or one that nobody has accepted. Not
 * transient: a person decides. Nothing but the handshake went to whoever showed it.
 */
export class IdentityChangedError extends PanelError {
  readonly code: 'identity.changed' | 'identity.not-accepted'

  constructor(
    readonly change: IdentityChange,
    cause?: unknown,
  ) {
    const { kind, name, expected, offered } = change
    super(
      expected === null
        ? `Nobody has accepted the ${PROOF[kind]} of ${name} yet - it shows ${offered}, and nothing was sent to it - ${REMEDY[kind]}.`
        : `${name} shows another ${PROOF[kind]} than the accepted one - accepted ${expected}, shown ${offered}; nothing was sent to it - ${REMEDY[kind]}.`,
      { cause },
    )
    this.name = 'IdentityChangedError'
    this.code = expected === null ? 'identity.not-accepted' : 'identity.changed'
  }
}
