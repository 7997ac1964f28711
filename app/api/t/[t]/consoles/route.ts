import type { ConsolesAnswer, OpenConsoleAnswer } from '@/lib/api/contract-console'
import { Refusal } from '@/lib/api/refusal'
import { TopologyParams } from '@/lib/api/requests'
import { OpenConsole } from '@/lib/api/requests-console'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { getHead } from '@/lib/db/topologies'

/** Who looks at which VM's screen or serial port. */
export const GET = route(
  'GET /api/t/[t]/consoles',
  { params: TopologyParams },
  async ({ params, me }): Promise<ConsolesAnswer> => {
    const { db, consoles } = panel()
    await getHead(db, params.t)
    return { consoles: consoles.list(params.t, me.id) }
  },
)

/** Opens a console, written down before anything is shown; the socket of this session connects to it. */
export const POST = route(
  'POST /api/t/[t]/consoles',
  { params: TopologyParams, body: OpenConsole },
  async ({ params, body, session, actor }) => {
    const { db, consoles } = panel()
    const topologyId = params.t
    const { document } = await getHead(db, topologyId)
    if (!Object.hasOwn(document.vms ?? {}, body.vm))
      throw new Refusal(
        404,
        'vm.unknown',
        `There is no VM "${body.vm}" in this document - it was removed or never existed - choose another from the list.`,
      )
    const id = await consoles.open({ ...body, topologyId }, { session, actor })
    return new Reply({ id } satisfies OpenConsoleAnswer, { status: 201 })
  },
)
