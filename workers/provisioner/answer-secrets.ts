import { identityToRecipient } from 'age-encryption'
import { PanelError } from '@/lib/base/errors'
import type { KnownSecrets } from '@/lib/base/mask'
import { Secret } from '@/lib/base/secret'
import type { Db } from '@/lib/db/client'
import { getConnection } from '@/lib/db/connections'
import { readTopology } from '@/lib/db/parsed'
import { findRevision } from '@/lib/db/revisions'
import { makeKit } from '@/lib/db/secret-open/kit'
import { wantedCluster } from '@/lib/plan/cluster/wanted'
import { readSecretName } from '@/lib/plan/secret-names'
import type { ClusterRef } from '@/lib/plan/step'
import { connectProxmox } from '@/lib/proxmox/client'
import type { Secrets, StepContext } from '@/lib/steps/handler'
import { k8sKubeconfig } from '@/lib/steps/kubernetes/k8s-kubeconfig'
import type { Answers } from './answers'
import { KubeconfigMissingError, type Reach } from './reach'

/** The panel's page waits 15 s; who is asked has to answer before. */
const WITHIN_MS = 12_000

export type SecretAnswersOptions = {
  db: Db
  identity: Secret
  secrets: Secrets
  known: KnownSecrets
  reach: Reach
  panelId: string
  now(): number
}

/** What the provisioner answers about secrets. Each value goes to the one request that asked. */
export function secretAnswers(options: SecretAnswersOptions): Answers {
  const { db, identity, secrets, known, reach } = options
  return {
    async 'secret.reveal'({ name }) {
      const found = await secrets.find(name)
      if (!found) throw new SecretGoneError(name)
      return { value: found.reveal() }
    },

    async 'kit.make'({ passphrase }) {
      known.add(passphrase)
      const recipient = await identityToRecipient(identity.reveal())
      return { kit: await makeKit(identity, passphrase), recipient }
    },

    async 'token.try'({ connectionId, tokenSecret }) {
      known.add(tokenSecret)
      const { url, fingerprint, tokenId: id } = await getConnection(db, connectionId)
      const auth = { kind: 'token', id, secret: new Secret(tokenSecret) } as const
      const proxmox = connectProxmox({ url, fingerprint, auth })
      try {
        const { version } = await proxmox.version()
        // The version needs no right; a token that Proxmox does not know fails here at the latest.
        await proxmox.permissions()
        return { version }
      } finally {
        await proxmox.close()
      }
    },

    async 'kubeconfig.take'({ topologyId, cluster, again }) {
      const ref = await clusterRef(options, topologyId, cluster)
      if (again) await readAgain(ref, options)
      return { yaml: (await reach.kubeconfig(ref)).reveal() }
    },
  }
}

async function clusterRef(
  { db, panelId, now }: SecretAnswersOptions,
  topologyId: string,
  cluster: string,
): Promise<ClusterRef> {
  const { hash, text, number } = await findRevision(db, topologyId)
  const connections = await db.connection.findMany({ select: { id: true } })
  const context = {
    ...{ topologyId, panelId, revision: number, durations: {}, now: now() },
    connections: connections.map(({ id }) => id),
  }
  const wanted = wantedCluster(readTopology(hash, text), context, cluster, undefined)
  if (!wanted) throw new KubeconfigMissingError(cluster)
  return wanted.ref
}

/** The step that made it does it again: reads admin.conf, stores it, and proves that it works. */
async function readAgain(ref: ClusterRef, { reach, secrets, now }: SecretAnswersOptions) {
  const context: StepContext = {
    ...{ ...reach, secrets, now, log: () => undefined },
    notes: { get: () => undefined, set: async () => undefined },
    signal: AbortSignal.timeout(WITHIN_MS),
  }
  await k8sKubeconfig.apply({ cluster: ref, guest: ref.firstControlPlane }, context)
}

/** It was removed, or never made. */
export class SecretGoneError extends PanelError {
  readonly code = 'secret.not-found'

  constructor(name: string) {
    super(
      `There is no secret "${name}" (${readSecretName(name).kind}) - it was removed or not made yet - look at the list again.`,
    )
  }
}
