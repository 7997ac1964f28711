import { afterAll, beforeAll, expect, test } from 'vitest'
import { findJob } from '@/lib/db/jobs'
import { putObserved } from '@/lib/db/observations'
import { type GitServer, startGitServer } from '@/lib/git/testing/git-server'
import { planTaken } from './git-apply'
import { lookAtGit } from './git-look'
import { lookAt } from './looking'
import { cloneOf } from './testing/git-clone'
import { atPanel, linkTo, openGitPanel } from './testing/git-panel'
import { addTopology, carryOut, type Homelab, startHomelab, waitForEnd } from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

let home: Homelab
let server: GitServer
let topologyId = ''
let opened: Awaited<ReturnType<typeof openGitPanel>>
let theirs: ReturnType<typeof cloneOf>

/** Two VMs that run, in a panel that deploys harmless commits by itself. */
beforeAll(async () => {
  home = await startHomelab({ speed: 600 })
  topologyId = await addTopology(home, TWO_VMS)
  await carryOut(home, topologyId, { kind: 'deploy' })
  server = await startGitServer(home.dataDir)
  opened = await openGitPanel(home.dataDir, server.port, {
    panelId: home.shop.panelId,
    wake: () => home.provisioner.wake(),
  })
  const panel = atPanel(opened, topologyId)
  await panel.put(linkTo(server, { autoApply: true }))
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  theirs = cloneOf(server, home.dataDir)
})
afterAll(async () => {
  await opened.db.$disconnect()
  await server.close()
  await home.close()
})

/** Somebody commits a tag for the VM `app`; answers the job that the panel queued by itself. */
async function tagged(tag: string): Promise<string> {
  theirs.commit(`Tag it ${tag}`, (text) =>
    text.replace(/^( {2}app:\n)(?: {4}tags: .*\n)?/m, `$1    tags: [${tag}]\n`),
  )
  theirs.push()
  await lookAtGit(opened.shop, topologyId, new AbortController().signal)
  await planTaken(opened.shop, { topologyId, autoApply: true })
  const { note } = (await atPanel(opened, topologyId).link()).log[0] ?? {}
  const [, jobId = ''] = /It is deployed by job (\S+)\.$/.exec(note ?? '') ?? []
  expect(jobId, note).not.toBe('')
  return jobId
}

const seen = async () => {
  const { observed } = await lookAt(home.shop, topologyId, { signal: AbortSignal.timeout(60_000) })
  await putObserved(home.db, topologyId, observed)
}

test('a harmless commit is deployed by itself', async () => {
  await seen()
  const jobId = await tagged('one')
  expect((await waitForEnd(home, jobId)).status).toBe('succeeded')
})

test('one that was harmless by what was seen last, and is not any more, waits for a person', async () => {
  await seen()
  // By hand on the Proxmox, and not seen yet: to put it right takes a reboot.
  home.lab.engine.change((lab) => {
    const web = Object.values(lab.state.vms).find(({ config }) => config.name === 'web')
    if (!web) throw new Error('there is no VM web')
    web.config.memory = '1024'
  })
  const jobId = await tagged('two')
  expect((await waitForEnd(home, jobId)).status).toBe('awaiting-approval')
  const job = await findJob(home.db, jobId, Date.now())
  expect(job?.plan?.counts.reboot).toBeGreaterThan(0)
})
