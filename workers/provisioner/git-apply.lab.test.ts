import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { markApplied } from '@/lib/db/mark-applied'
import { putObserved } from '@/lib/db/observations'
import { readTopology } from '@/lib/db/parsed'
import { putSetting } from '@/lib/db/settings'
import { tempDb } from '@/lib/db/testing/temp-db'
import { createTopology } from '@/lib/db/topologies'
import { type GitServer, git, startGitServer } from '@/lib/git/testing/git-server'
import { CONTEXT, deployed, smallLab } from '@/lib/plan/testing/small-lab'
import { formatTopology } from '@/lib/topology/format'
import { planTaken } from './git-apply'
import { lookAtGit } from './git-look'
import { ADA, atPanel, FILE, linkTo, openGitPanel } from './testing/git-panel'

const T = 'small-lab'
let server: GitServer
let dir = ''
let opened: Awaited<ReturnType<typeof openGitPanel>>
let panel: ReturnType<typeof atPanel>

/** A topology that is deployed, seen, and in step with Git, with commits that are deployed by themselves. */
beforeEach(async () => {
  dir = (await tempDb()).dataDir
  server = await startGitServer(dir)
  opened = await openGitPanel(dir, server.port)
  onTestFinished(() => opened.db.$disconnect())
  const { db, shop } = opened
  await db.connection.create({
    data: {
      ...{
        id: 'lab',
        name: 'Lab',
        kind: 'proxmox',
        url: 'https://127.0.0.1:1',
        tokenId: 'a@pam!b',
      },
      ...{ dialerJson: '{"kind":"direct"}', helmPath: 'helm', createdAt: new Date() },
      stateJson: '{"state":"unknown","reason":"test","since":null}',
    },
  })
  await putSetting(db, 'panel.id', shop.panelId)
  const text = formatTopology(smallLab())
  await createTopology(db, { text, actor: ADA, message: 'Begin', now: Date.now() })
  const head = await db.revision.findFirstOrThrow()
  const topology = readTopology(head.hash, head.text)
  const context = { ...CONTEXT, topologyId: T, panelId: shop.panelId }
  await putObserved(db, T, { ...deployed(topology, context), at: Date.now() })
  await markApplied(db, T, 1)
  panel = atPanel(opened, T)
  await panel.put(linkTo(server, { autoApply: true }))
  expect(await panel.look()).toEqual({ kind: 'in-step' })
})
afterEach(() => server.close())

/** Somebody commits a change of the file, and the panel takes it; the note of the commit. */
async function commit(change: (text: string) => string): Promise<string> {
  const clone = join(dir, 'clone')
  git(dir, 'clone', '--quiet', server.bare, clone)
  mkdirSync(join(clone, 'lab'), { recursive: true })
  const file = join(clone, FILE)
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, change(before))
  expect(change(before)).not.toBe(before)
  git(clone, 'commit', '--quiet', '-am', 'Change it')
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  await lookAtGit(opened.shop, T, new AbortController().signal)
  await planTaken(opened.shop, { topologyId: T, autoApply: true })
  const { log } = await panel.link()
  expect(log[0]?.problems).toEqual([])
  return log.find(({ direction }) => direction === 'in')?.note ?? ''
}

const jobs = () => opened.db.job.findMany()

/** Another plain VM, beside the last one. */
const oneMore = (text: string) =>
  text.replace(
    /^( {2}box:\n)/m,
    '  more: { role: plain, host: pve1, vmid: 230, template: jammy, size: small, nics: { lan: { network: k8s, address: 10.2.0.95 } } }\n$1',
  )

test('a commit that only adds is deployed by itself, as git', async () => {
  const note = await commit(oneMore)
  const [job] = await jobs()
  expect(note).toContain('A deploy creates 1')
  expect(note).toContain(`deployed by job ${job?.id}`)
  expect(job).toMatchObject({ kind: 'deploy', by: 'git', revision: 2, status: 'queued' })
  const entry = await opened.db.auditEntry.findFirst({ where: { action: 'job.start' } })
  expect(entry).toMatchObject({ actorName: 'git', via: 'provisioner', objectId: job?.id })
})

test('a process that dies before it said what it started does not start it twice', async () => {
  const { shop } = opened
  shop.wake = () => {
    throw new Error('killed')
  }
  await expect(commit(oneMore)).rejects.toThrow('killed')
  shop.wake = () => undefined
  await planTaken(shop, { topologyId: T, autoApply: true })
  const [job, ...more] = await jobs()
  expect(more).toEqual([])
  const { log } = await panel.link()
  expect(log.find(({ direction }) => direction === 'in')?.note).toContain(`job ${job?.id}`)
})

test('a commit that reboots or replaces is planned and waits', async () => {
  const note = await commit((text) => text.replace('cpus: 2', 'cpus: 3'))
  expect(note).toMatch(/A deploy .*reboots \d+.* It waits for approval: it reboots something/)
  expect(await jobs()).toEqual([])
})

test('what somebody saved and nobody deployed is not deployed along with a commit', async () => {
  await panel.save((text) => text.replace('size: small', 'size: small\n    about: mine'))
  const note = await commit(oneMore)
  expect(note).toContain('the panel has changes that were not deployed')
  expect(await jobs()).toEqual([])
})
