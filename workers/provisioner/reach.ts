import type { ConnectionSummary } from '@/lib/api/contract'
import { PanelError } from '@/lib/base/errors'
import { Secret } from '@/lib/base/secret'
import type { Db } from '@/lib/db/client'
import { getConnection } from '@/lib/db/connections'
import { helmClient } from '@/lib/helm/client'
import type { Dialer } from '@/lib/io/dialer'
import { type KubernetesClient, kubernetesClient } from '@/lib/kubernetes/client'
import { readdress } from '@/lib/kubernetes/kubeconfig'
import { connectionTokenName, kubeconfigName } from '@/lib/plan/secret-names'
import type { ClusterRef } from '@/lib/plan/step'
import { connectProxmox } from '@/lib/proxmox/client'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import { openDialer } from '@/lib/ssh/dialer'
import { openGuestPool } from '@/lib/ssh/guest-session'
import { makePrivateKey } from '@/lib/ssh/keys'
import { guestKey, guestTarget } from '@/lib/steps/guest-target'
import type { Secrets, StepContext } from '@/lib/steps/handler'

/** How the world is reached: one client per connection, one session per guest, one per cluster. */
export type Reach = Pick<StepContext, 'proxmox' | 'guest' | 'helm'> & {
  /** With its watches, beside what steps may use. */
  kubernetes(ref: ClusterRef): Promise<KubernetesClient>
  /** For tools outside the panel: with the endpoint's address and `proxy-url` where they need it. */
  kubeconfig(ref: ClusterRef): Promise<Secret>
  close(): Promise<void>
}

type Opened = { key: string; summary: ConnectionSummary; proxmox: Proxmox; dialer: Dialer }

/**
 * Clients made when first asked for and kept. A connection whose row or token changed is opened
 * anew at the next use; what is in flight ends on the old one.
 */
export function openReach(db: Db, secrets: Secrets): Reach {
  const opened = new Map<string, Opened>()
  const clusters = new Map<string, { text: string; dialer: Dialer; client: KubernetesClient }>()
  const guests = openGuestPool()

  const open = async (id: string): Promise<Opened> => {
    const summary = await getConnection(db, id)
    const token = await secrets.find(connectionTokenName(id))
    if (!token) throw new TokenMissingError(summary.name)
    const { url, fingerprint, dialer, helmPath } = summary
    const { tokenId } = await db.connection.findUniqueOrThrow({ where: { id } })
    const key = JSON.stringify([url, fingerprint, dialer, helmPath, tokenId, token.reveal()])
    const held = opened.get(id)
    if (held?.key === key) return held
    held?.dialer.close()
    const proxmox = connectProxmox({
      url,
      fingerprint,
      auth: { kind: 'token', id: tokenId, secret: token },
    })
    const made = { key, summary, proxmox, dialer: openDialer(dialer, jumpKeys(id, secrets)) }
    opened.set(id, made)
    return made
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
    async guest(ref) {
      const target = async () => {
        const { dialer } = await open(ref.connection)
        return guestTarget(ref, secrets, dialer)
      }
      return guests.session(guestKey(ref), ref.name, target)
    },
    async kubernetes(ref) {
      const { dialer } = await open(ref.connection)
      const text = readdress((await kubeconfigOf(ref)).reveal(), ref.endpoint, null)
      const id = `${ref.topologyId}/${ref.cluster}`
      const held = clusters.get(id)
      if (held?.text === text && held.dialer === dialer) return held.client
      await held?.client.close()
      const client = kubernetesClient({ kubeconfig: text, dialer })
      clusters.set(id, { text, dialer, client })
      return client
    },
    async helm(ref) {
      const { summary } = await open(ref.connection)
      return helmClient({ path: summary.helmPath, kubeconfig: await forTools(ref) })
    },
    async close() {
      guests.close()
      for (const { dialer } of opened.values()) dialer.close()
      await Promise.all([...clusters.values()].map(({ client }) => client.close()))
    },
  }
}

/** For tools of their own, which know SOCKS5 by its URL and nothing of SSH jump hosts. */
const proxyUrl = (dialer: ConnectionSummary['dialer']): string | null =>
  dialer.kind === 'socks5' ? `socks5://${dialer.host}:${dialer.port}` : null

/** The key of the panel on a jump host, and the host's key as it was first seen. */
const jumpKeys = (connectionId: string, secrets: Secrets) => {
  const name = (what: string) => `connections/${connectionId}/jump-${what}`
  return {
    privateKey: () => secrets.ensure(name('key'), () => makePrivateKey('drawbridge jump')),
    pinned: async () => (await secrets.find(name('host')))?.reveal() ?? null,
    pin: (fingerprint: string) => secrets.put(name('host'), new Secret(fingerprint)),
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
