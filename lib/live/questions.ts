import type { ConsoleKind } from '@/lib/api/contract-console'
import type { HostCareAnswer } from '@/lib/api/contract-host-care'
import type { LabAnswer, LabFault, LabFaultWish, LabResetRequest } from '@/lib/api/contract-lab'

/**
 * What the web process asks the provisioner, because only that one opens secrets and connections.
 * An answer goes to the request that asked and is kept nowhere; asking is audited by the route.
 */
export type Questions = {
  /** The value of a sealed secret. `secret.not-found`, `secret.unreadable`. */
  'secret.reveal': { ask: { name: string }; answer: { value: string } }
  /** Whether Proxmox takes this token secret for the connection; `proxmox.*` where not. Keeps nothing. */
  'token.try': {
    ask: { connectionId: string; tokenSecret: string }
    answer: { version: string }
  }
  /**
   * Access to a cluster for a person: reads it anew from the first control plane where `again`, else
   * as it is stored. `proxy-url` stands in it where the cluster is behind a SOCKS5 proxy.
   */
  'kubeconfig.take': {
    ask: { topologyId: string; cluster: string; again: boolean }
    answer: { yaml: string }
  }
  /** The provisioner's key, sealed to a passphrase: an armoured age file. */
  'kit.make': { ask: { passphrase: string }; answer: { kit: string; recipient: string } }
  /** Where to send a browser that signs in, and what to keep until it comes back. */
  'oidc.begin': {
    /** `again`: the provider has to ask who is there, also who is signed in there. */
    ask: { redirectUri: string; again: boolean }
    answer: { url: string; state: string; nonce: string; verifier: string }
  }
  /** Who came back: exchanges the code and reads the claims. */
  'oidc.finish': {
    ask: {
      callbackUrl: string
      state: string
      nonce: string
      verifier: string
      /** The provider must have asked the person within so many seconds; null: whenever. */
      sinceS: number | null
    }
    /** Null: the provider sends no such claim. */
    answer: { issuer: string; subject: string; name: string | null; groups: string[] | null }
  }
  /** Reads the provider's own description, to tell an admin whether the settings work. */
  'oidc.test': {
    ask: object
    answer: { findings: { level: 'ok' | 'warn' | 'fail'; text: string }[] }
  }
  /** Whether a webhook of a topology's Git repository knows its secret; false also where none was made. */
  'git.hook': {
    ask: { topologyId: string; body: string; signature: string | null; token: string | null }
    answer: { proven: boolean }
  }
  /**
   * Opens a console of a VM; what it prints comes as messages of this id from then on. `password`:
   * what a viewer of the screen gives, made by Proxmox for this once; null for a serial port.
   */
  'console.open': {
    ask: {
      id: string
      topologyId: string
      vm: string
      kind: ConsoleKind
      columns: number
      rows: number
    }
    answer: { password: string | null }
  }
  /** What a host's Proxmox tells of its disks, thin pools, certificates and updates; at most once a minute. */
  'host.care': { ask: { connectionId: string; node: string }; answer: HostCareAnswer }
  /** The lab as its page shows it; not running where none answers. */
  'lab.view': { ask: object; answer: LabAnswer }
  /** Switches a failure of the lab on. `lab.absent`, `lab.fault-invalid`. */
  'lab.break': { ask: { fault: LabFaultWish }; answer: LabFault }
  /** Ends one, or all where no id is given. `lab.absent`. */
  'lab.mend': { ask: { id: string | null }; answer: object }
  /** Puts a new lab in place of the present one. `lab.absent`. */
  'lab.reset': { ask: LabResetRequest; answer: object }
}
export type QuestionKind = keyof Questions

/** Asks the provisioner; a `PanelError` (`worker.away`, transient) when it does not answer in 15 s. */
export type Ask = <K extends QuestionKind>(
  kind: K,
  question: Questions[K]['ask'],
) => Promise<Questions[K]['answer']>
