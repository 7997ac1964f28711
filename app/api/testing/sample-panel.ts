import { SCOPES, type Scope } from '@/lib/api/scopes'
import { bearerFor, cookieFor, makePerson } from '@/lib/auth/testing/callers'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { PanelError } from '@/lib/base/errors'
import { enqueueJob } from '@/lib/db/jobs'
import { SMALL } from '@/lib/db/testing/document'
import { createTopology } from '@/lib/db/topologies'

/** How somebody calls: the headers that say who. */
export type Caller = Record<string, string>

export const T = 'small-lab'

/** A provisioner that is not there, which is no fault of the route that asks it. */
class NoProvisioner extends PanelError {
  readonly code = 'worker.away'
  override readonly transient = true
}

/** A panel with one topology, its job, a job that destroys it, and the connection of its host. */
export async function samplePanel() {
  const at = await tempPanel()
  const { panel } = at
  panel.ask = async () => {
    throw new NoProvisioner('There is no provisioner in this test.')
  }
  const { db } = panel
  const actor = { id: null, name: 'test', via: 'box', from: null } as const
  await createTopology(db, { text: SMALL, actor, message: '', now: 1 })
  await db.connection.create({
    data: {
      ...{ id: 'lab', name: 'Lab', kind: 'proxmox', url: 'https://127.0.0.1:1', tokenId: 'a@b!c' },
      ...{ dialerJson: '{"kind":"direct"}', helmPath: 'helm', createdAt: new Date(1) },
      stateJson: '{"state":"unknown","reason":"It was never tested.","since":null}',
    },
  })
  const job = { title: 'Look', by: 'test', topologyId: T } as const
  const jobId = await enqueueJob(db, { ...job, kind: 'refresh' }, 1000)
  const destroyId = await enqueueJob(db, { ...job, kind: 'destroy' }, 2000)
  const plan = { level: 3, hash: 'h', goal: { kind: 'destroy', disks: [] }, steps: [] }
  const data = { planJson: JSON.stringify(plan), planHash: 'h', status: 'failed' }
  await db.job.update({ where: { id: destroyId }, data })
  return { ...at, jobId, destroyId }
}

export type SamplePanel = Awaited<ReturnType<typeof samplePanel>>

/** One caller of each kind that the access table tells apart, by a short name. */
export async function sampleCallers({ panel }: SamplePanel): Promise<Map<string, Caller>> {
  const callers = new Map<string, Caller>([['nobody', {}]])
  const add = async (name: string, cookie: Promise<string>) =>
    callers.set(name, { cookie: await cookie })
  const person = (name: string, role: 'member' | 'viewer' | 'operator' | 'editor' | 'admin') =>
    makePerson(panel, { name: name.replace('@', '-at-'), role })
  await add('member', cookieFor(panel, await person('member', 'member')))
  for (const role of ['viewer', 'operator', 'editor', 'admin'] as const) {
    const id = await makePerson(panel, { name: `t-${role}`, role: 'member', grants: { [T]: role } })
    await add(`${role}@t`, cookieFor(panel, id))
  }
  for (const role of ['viewer', 'operator', 'editor', 'admin'] as const)
    await add(role, cookieFor(panel, await person(role, role)))
  const unconfirmed = { confirmed: false }
  await add('old', cookieFor(panel, await person('old', 'admin'), unconfirmed))
  const phone = { kind: 'phone' } as const
  await add('phone', cookieFor(panel, await person('phone', 'admin'), { ...phone, ...unconfirmed }))
  await add('phone+', cookieFor(panel, await person('phone2', 'admin'), phone))
  const site = await cookieFor(panel, await person('site', 'admin'))
  callers.set('site', { cookie: site, origin: 'https://evil.example' })
  const owner = await person('owner', 'admin')
  for (const scope of Object.keys(SCOPES) as Scope[])
    callers.set(`token ${scope}`, await bearerFor(panel, owner, { scopes: [scope] }))
  return callers
}
