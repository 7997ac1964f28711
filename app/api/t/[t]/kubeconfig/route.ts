import type { KubeconfigAnswer } from '@/lib/api/contract-secrets'
import { Refusal } from '@/lib/api/refusal'
import { TopologyParams } from '@/lib/api/requests'
import { TakeKubeconfig } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { noteKubeconfig } from '@/lib/db/secret-write'
import { getHead } from '@/lib/db/topologies'

/** Access to a cluster as a file: from the provisioner into this one answer, written down before. */
export const POST = route(
  'POST /api/t/[t]/kubeconfig',
  { params: TopologyParams, body: TakeKubeconfig },
  async ({ params, body, actor }): Promise<KubeconfigAnswer> => {
    const { db, ask, now } = panel()
    const { cluster, again = false } = body
    const topologyId = params.t
    const { document } = await getHead(db, topologyId)
    if (!Object.hasOwn(document.clusters ?? {}, cluster)) {
      throw new Refusal(
        404,
        'cluster.unknown',
        `There is no cluster "${cluster}" in this document - it was removed or never existed - look at the Cluster page.`,
      )
    }
    await noteKubeconfig(db, { topologyId, cluster, again }, actor, now())
    const { yaml } = await ask('kubeconfig.take', { topologyId, cluster, again })
    return { file: `${topologyId}-${cluster}.kubeconfig`, yaml }
  },
)
