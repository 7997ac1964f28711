import type { ConnectionSummary } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import { type IdentityChangedError, identityId } from '@/lib/base/identity'
import { Secret } from '@/lib/base/secret'
import type { Db } from '@/lib/db/client'
import { otherIdentity, trustIn } from '@/lib/db/connection-addresses'
import { getConnection } from '@/lib/db/connections'
import { listAllowed } from '@/lib/db/egress'
import { helmClient } from '@/lib/helm/client'
import type { Dialer } from '@/lib/io/dialer'
import { makeEgress } from '@/lib/io/egress'
import { type KubernetesClient, kubernetesClient } from '@/lib/kubernetes/client'
import { readdress } from '@/lib/kubernetes/kubeconfig'
import { connectionTokenName, kubeconfigName } from '@/lib/plan/secret-names'
import type { ClusterRef, GuestRef } from '@/lib/plan/step'
import { Admission } from '@/lib/proxmox/admission'
import { authorityName } from '@/lib/proxmox/certificate'
import { connectProxmox } from '@/lib/proxmox/client'
import type { ConsoleDoor } from '@/lib/proxmox/console'
import {
  type ConsoleListener,
  type ConsoleStream,
  openConsoleStream,
} from '@/lib/proxmox/console-stream'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { ProxmoxSettings } from '@/lib/proxmox/settings'
import type { SshTarget } from '@/lib/ssh/connect'
import { type JumpKeys, jumpHostName, openDialer } from '@/lib/ssh/dialer'
import { openGuestPool } from '@/lib/ssh/guest-session'
import { fingerprintOf, makePrivateKey, parsePublicKey } from '@/lib/ssh/keys'
import { guestKey, guestTarget } from '@/lib/steps/guest-target'
import type { Secrets, StepContext } from '@/lib/steps/handler'
import { type Lookout, lookoutOver } from '@/lib/steps/panel-lookout'
import { downloadsAllowed, toGuestsOnly } from './gates'
import type { Identities } from './identities'
import { openApart } from './proxmox-apart'

/** How the world is reached: one client per connection, one session per guest, one per cluster. */
export type Reach = Required<Pick<StepContext, 'proxmox' | 'proxmoxApart' | 'guest' | 'helm'>> & {
  /** Who may start a task at the Proxmox behind a connection, over all jobs of this process. */
  admission(connectionId: string): Promise<Admission>
  /** With its watches, beside what steps may use. */
  kubernetes(ref: ClusterRef): Promise<KubernetesClient>
  /** What the panel can tell by itself of the networks behind a connection. */
  lookout(connectionId: string): Promise<Lookout>
  /** Signs in at the machine in between, where the connection has one, so that its key becomes known. */
  checkWay(connectionId: string): Promise<void>
  /** Opens what waits behind a door that this connection's Proxmox made. */
  openConsole(
    connectionId: string,
    door: ConsoleDoor,
    listener: ConsoleListener,
  ): Promise<ConsoleStream>
  /** For tools outside the panel: with the endpoint's address and `proxy-url` where they need it. */
  kubeconfig(ref: ClusterRef): Promise<Secret>
  close(): Promise<void>
}

type Opened = {
  key: string
  summary: ConnectionSummary
  settings: ProxmoxSettings
  proxmox: Proxmox
  dialer: Dialer
}

/**
 * Clients made when first asked for and kept. A connection whose row or token changed is opened
 * anew at the next use; what is in flight ends on the old one.
 */
export function openReach(db: Db, secrets: Secrets, identities: Identities): Reach {
  const egress = makeEgress(() => listAllowed(db))
  const opened = new Map<string, Opened>()
  const clusters = new Map<string, { text: string; dialer: Dialer; client: KubernetesClient }>()
  const guests = openGuestPool()
  // By address: two connections may lead to one Proxmox, whose locks know no connections.
  const admissions = new Map<string, Admission>()
  const admissionOf = (url: string): Admission => {
    const admission = admissions.get(url) ?? new Admission()
    admissions.set(url, admission)
    return admission
  }

  const open = async (id: string): Promise<Opened> => {
    const summary = await getConnection(db, id)
    const token = await secrets.find(connectionTokenName(id))
    if (!token) throw new TokenMissingError(summary.name)
    const { url, fingerprint, caPem, others, dialer, helmPath } = summary
    await identities.mustBe(identityId.certificate(id), expectedOf(summary))
    for (const other of others)
      await identities.mustBe(otherIdentity(id, other), expectedOf({ ...other, caPem }))
    if (dialer.kind !== 'ssh-jump') await identities.mustBe(identityId.jumpHost(id), NO_JUMP_HOST)
    const { tokenId } = await db.connection.findUniqueOrThrow({ where: { id } })
    const way = [url, fingerprint, caPem, others, dialer, helmPath]
    const key = JSON.stringify([...way, tokenId, token.reveal()])
    const held = opened.get(id)
    if (held?.key === key) return held
    held?.dialer.close()
    const changed = (identity: string) => (error: IdentityChangedError) => {
      forget(id)
      identities.changed(identity, { connectionId: id }, error)
    }
    const settings: ProxmoxSettings = {
      ...{ url, fingerprint, caPem, name: whose(summary) },
      auth: { kind: 'token', id: tokenId, secret: token },
      onChanged: changed(identityId.certificate(id)),
      // One that nobody vouches for yet is asked nothing.
      others: others
        .filter((other) => trustIn(summary, other) !== 'nobody')
        .map((other) => ({
          ...other,
          name: whose({ ...summary, url: other.url }),
          onChanged: changed(otherIdentity(id, other)),
        })),
    }
    const keys = jumpKeys(id, { secrets, identities, dialer })
    const made = {
      ...{ key, summary, settings },
      proxmox: downloadsAllowed(connectProxmox(settings), egress),
      dialer: toGuestsOnly(openDialer(dialer, keys)),
    }
    opened.set(id, made)
    return made
  }

  /** What is kept of a connection is used no more: it ends, and the next use looks anew. */
  const forget = (id: string) => {
    opened.get(id)?.dialer.close()
    opened.delete(id)
  }

  const targetOf = async (ref: GuestRef): Promise<SshTarget> => {
    const { dialer } = await open(ref.connection)
    const id = identityId.vm(ref.topologyId, ref.vm)
    const place = { topologyId: ref.topologyId, objectId: ref.vm }
    const target = await guestTarget(ref, secrets, dialer, await identities.pinned(id))
    return {
      ...target,
      onChanged: (error) => identities.changed(id, place, error),
      onProven: (hostKey) =>
        hostKey === target.madeHostKey
          ? identities.remade(id, fingerprintOf(parsePublicKey(hostKey).blob))
          : identities.proven(id),
    }
  }

  const kubeconfigOf = async ({ topologyId, cluster, name }: ClusterRef) => {
    const text = await secrets.find(kubeconfigName(topologyId, cluster))
    if (!text) throw new KubeconfigMissingError(name)
    return text
  }

  const forTools = async (ref: ClusterRef) => {
    const { summary } = await open(ref.connection)
    const kubeconfig = await kubeconfigOf(ref)
    return new Secret(readdress(kubeconfig.reveal(), ref.endpoint, proxyUrl(summary.dialer)))
  }

  return {
    kubeconfig: forTools,
    proxmox: async (id) => (await open(id)).proxmox,
    proxmoxApart: async (id) => openApart((await open(id)).settings),
    admission: async (id) => admissionOf(new URL((await open(id)).summary.url).origin),
    async guest(ref) {
      // Refused here already where a stranger stands in between, whatever is still connected.
      await open(ref.connection)
      return guests.session(guestKey(ref), ref.name, () => targetOf(ref))
    },
    async kubernetes(ref) {
      const { dialer } = await open(ref.connection)
      const text = readdress((await kubeconfigOf(ref)).reveal(), ref.endpoint, null)
      const id = `${ref.topologyId}/${ref.cluster}`
      const held = clusters.get(id)
      if (held?.text === text && held.dialer === dialer) return held.client
      await held?.client.close()
      const identity = identityId.cluster(ref.topologyId, ref.cluster)
      const place = { topologyId: ref.topologyId, objectId: ref.cluster }
      const client = kubernetesClient({
        ...{ kubeconfig: text, dialer, name: ref.name },
        onChanged: (error) => identities.changed(identity, place, error),
        onProven: () => identities.proven(identity),
      })
      clusters.set(id, { text, dialer, client })
      return client
    },
    async helm(ref) {
      const { summary } = await open(ref.connection)
      return helmClient({
        ...{ path: summary.helmPath, kubeconfig: await forTools(ref), egress },
        direct: [ref.endpoint.address],
      })
    },
    async openConsole(id, door, listener) {
      const { summary } = await open(id)
      return openConsoleStream(door, listener, { caPem: summary.caPem, name: whose(summary) })
    },
    async lookout(id) {
      const { dialer, summary } = await open(id)
      return lookoutOver(dialer, summary.dialer.kind === 'direct')
    },
    async checkWay(id) {
      const { dialer } = await open(id)
      await dialer.reach?.()
    },
    async close() {
      guests.close()
      for (const { dialer } of opened.values()) dialer.close()
      await Promise.all([...clusters.values()].map(({ client }) => client.close()))
      await Promise.all([identities.settled(), egress.close()])
    },
  }
}

/** For tools of their own, which know SOCKS5 by its URL and nothing of SSH jump hosts. */
const proxyUrl = (dialer: ConnectionSummary['dialer']): string | null =>
  dialer.kind === 'socks5' ? `socks5://${dialer.host}:${dialer.port}` : null

/** Compares equal with nothing that a jump host was ever expected to show. */
const NO_JUMP_HOST = 'no jump host'

/** Whose certificate it is, for people. */
export const whose = ({ name, url }: Pick<ConnectionSummary, 'name' | 'url'>): string =>
  `${name} (${new URL(url).host})`

/** What its certificate is held to, as messages say it; null: the system's authorities. */
export const expectedOf = ({
  fingerprint,
  caPem,
}: Pick<ConnectionSummary, 'fingerprint' | 'caPem'>): string | null =>
  fingerprint ?? (caPem === null ? null : authorityName(caPem))

/** The key of the panel on a jump host, and the host's key as a person accepted it. */
function jumpKeys(
  connectionId: string,
  {
    secrets,
    identities,
    dialer,
  }: { secrets: Secrets; identities: Identities; dialer: ConnectionSummary['dialer'] },
): JumpKeys {
  const id = identityId.jumpHost(connectionId)
  const secret = (what: string) => `connections/${connectionId}/jump-${what}`
  return {
    privateKey: () => secrets.ensure(secret('key'), () => makePrivateKey('drawbridge jump')),
    async pinned() {
      if (dialer.kind !== 'ssh-jump') return null
      const accepted = await identities.pinned(id, jumpHostName(dialer))
      // Earlier versions kept what they saw first as a secret.
      return accepted ?? (await secrets.find(secret('host')))?.reveal() ?? null
    },
    onChanged: (error) => identities.changed(id, { connectionId }, error),
    onProven: () => identities.proven(id),
  }
}

export class TokenMissingError extends PanelError {
  readonly code = 'connection.no-token'

  constructor(name: string) {
    super(
      `Connection ${name} has no token - it was not entered or not restored - enter it under Settings > Connections.`,
    )
  }
}

export class KubeconfigMissingError extends PanelError {
  readonly code = 'kubernetes.no-kubeconfig'

  constructor(name: string) {
    super(`There is no access to ${name} yet - its control plane is not up - Deploy makes it.`)
  }
}
