import type { HostCareAnswer } from '@/lib/api/contract-host-care'
import { Refusal } from '@/lib/api/refusal'
import { HostParams } from '@/lib/api/requests-host-care'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { getHead } from '@/lib/db/topologies'

/** Disks, thin pools, certificates and waiting updates of a host, as its Proxmox tells them now. */
export const GET = route(
  'GET /api/t/[t]/hosts/[h]/care',
  { params: HostParams },
  async ({ params: { t, h } }): Promise<HostCareAnswer> => {
    const { db, ask } = panel()
    const { document } = await getHead(db, t)
    const host = Object.hasOwn(document.hosts ?? {}, h) ? document.hosts?.[h] : undefined
    if (!host)
      throw new Refusal(
        404,
        'host.unknown',
        `There is no host "${h}" in this document - it was removed or never existed - choose another from the list.`,
      )
    if (host.connection === undefined)
      throw new Refusal(
        409,
        'host.no-connection',
        `Nothing reaches the host "${h}" - its document names no connection - name one on the tab Wanted.`,
      )
    return ask('host.care', { connectionId: host.connection, node: host.node ?? h })
  },
)
