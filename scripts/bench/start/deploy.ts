import { io } from 'socket.io-client'
import type { TestPanel } from '@/e2e/support/panel'
import type { JobDetail, PlanAnswer, StartJobAnswer, TopologyHead } from '@/lib/api/contract'
import { api } from '@/lib/api/paths'
import { setupTokenIn } from '@/lib/api/setup-link'

const ACCOUNT = { name: 'bench', password: 'only-for-measuring-42' }
const LIMIT_MS = 15 * 60_000

/**
 * Makes the first account, the blueprint, a plan and its job, over HTTP as a browser would, and
 * waits on a socket for the job's end. The socket stays until `close`.
 */
export async function deployDarkKnight(
  panel: TestPanel,
): Promise<{ jobId: string; close(): void }> {
  const call = await signedInClient(panel)
  const head = await call<TopologyHead>('POST', api.topologies(), { from: 'blueprint' })
  const goal = { kind: 'deploy' } as const
  const signal = AbortSignal.timeout(LIMIT_MS)
  await call('POST', api.errands(head.id), { kind: 'refresh' })
  const plan = await untilPlanned(() => call<PlanAnswer>('GET', api.plan(head.id, goal)), signal)
  const { jobId } = await call<StartJobAnswer>('POST', api.startJob(head.id), {
    goal,
    revision: head.revision.number,
    planHash: plan.hash,
  })
  const socket = io(panel.url, { extraHeaders: { cookie: call.cookie } })
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the deploy took too long')))
    const look = async () => {
      const { job } = await call<JobDetail>('GET', api.job(jobId))
      if (job.outcome === 'succeeded') resolve()
      else if (job.outcome)
        reject(new Error(`the deploy ended ${job.outcome}: ${job.error?.message}`))
    }
    const onChange = () => look().catch(reject)
    socket.on('jobs-changed', onChange)
    socket.on('connect', onChange)
  })
  return { jobId, close: () => socket.disconnect() }
}

/** The first plan needs the observation that the refresh makes. */
async function untilPlanned(ask: () => Promise<PlanAnswer>, signal: AbortSignal) {
  for (;;) {
    const { result } = await ask()
    if (result.ok) return result.plan
    if (signal.aborted) throw new Error(result.refusals[0]?.message)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

type Call = (<T>(method: string, path: string, body?: unknown) => Promise<T>) & { cookie: string }

async function signedInClient(panel: TestPanel): Promise<Call> {
  const token = setupTokenIn(panel.setupLink ?? '')
  const send = (method: string, path: string, body: unknown, cookie: string) =>
    fetch(panel.url + path, {
      method,
      headers: { origin: panel.url, cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const setup = await send('POST', api.setup(), { token, ...ACCOUNT }, '')
  const cookie = setup.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ')
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await send(method, path, body, cookie)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  await call('GET', api.session())
  return Object.assign(call, { cookie })
}
