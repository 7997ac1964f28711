import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { PutGitRequest } from '@/lib/api/contract-git'
import type { Secret } from '@/lib/base/secret'
import { acceptGitHostKey, findGitLink } from '@/lib/db/git-links'
import { listUnplanned } from '@/lib/db/git-log'
import { recordKnown } from '@/lib/db/git-record'
import { markApplied } from '@/lib/db/mark-applied'
import { SMALL } from '@/lib/db/testing/document'
import { tempDb } from '@/lib/db/testing/temp-db'
import { createTopology } from '@/lib/db/topologies'
import { type GitServer, git, startGitServer, startGitSsh } from '@/lib/git/testing/git-server'
import { gitKeyName } from '@/lib/plan/secret-names'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import { parseTopology } from '@/lib/topology/parse'
import { planTaken } from './git-apply'
import { lookAtGit } from './git-look'
import { ADA, atPanel, FILE, linkTo, openGitPanel } from './testing/git-panel'

let server: GitServer
let dir = ''
let panel: ReturnType<typeof atPanel>
let db: Awaited<ReturnType<typeof openGitPanel>>['db']

beforeEach(async () => {
  const temp = await tempDb()
  dir = temp.dataDir
  server = await startGitServer(dir)
  const opened = await openGitPanel(dir, server.port)
  db = opened.db
  onTestFinished(() => db.$disconnect())
  await createTopology(db, { text: SMALL, actor: ADA, message: 'Begin', now: Date.now() })
  panel = atPanel(opened, 'small-lab')
})
afterEach(() => server.close())

const inStep = async (more: Partial<PutGitRequest> = {}) => {
  await panel.put(linkTo(server, more))
  expect(await panel.look()).toEqual({ kind: 'in-step' })
}

/** Somebody else's clone of the branch. */
function clone(name = 'clone') {
  const folder = join(dir, name)
  git(dir, 'clone', '--quiet', server.bare, folder)
  const write = (text: string) => {
    mkdirSync(join(folder, 'lab'), { recursive: true })
    writeFileSync(join(folder, FILE), text)
  }
  return {
    folder,
    write,
    read: () => readFileSync(join(folder, FILE), 'utf8'),
    commit(message: string, change?: (text: string) => string) {
      if (change) write(change(readFileSync(join(folder, FILE), 'utf8')))
      git(folder, 'add', '-A')
      git(folder, 'commit', '--quiet', '--allow-empty', '-m', message)
    },
    push: (...more: string[]) => git(folder, 'push', '--quiet', ...more, 'origin', 'HEAD:main'),
    pull: () => git(folder, 'pull', '--quiet', 'origin', 'main'),
  }
}

const cpus = (n: number) => (text: string) => text.replace(/cpus: \d+/, `cpus: ${n}`)
const memory = (n: number) => (text: string) =>
  text.replace(/memoryMib: \d+, d/, `memoryMib: ${n}, d`)
const log = (branch = 'main') => server.git('log', '--reverse', '--format=%s', branch).split('\n')
const inGit = (branch = 'main') => `${server.git('show', `${branch}:${FILE}`)}\n`
const sizeIn = (text: string) => {
  const parsed = parseTopology(text)
  return parsed.ok ? parsed.topology.sizes?.small : null
}

test('the head goes to an empty repository, with its author, message and trailer', async () => {
  await inStep()
  const { text } = await panel.head()
  expect(inGit()).toBe(text)
  expect(server.git('log', '--format=%an|%s|%(trailers:key=Drawbridge-Revision)', 'main')).toBe(
    'ada|Begin|Drawbridge-Revision: abcd2345/small-lab/1',
  )
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['Begin'])
})

test('a save without a message waits for the next message or for its deploy', async () => {
  await inStep()
  await panel.save(cpus(3))
  await panel.save(cpus(4))
  await panel.look()
  expect(log()).toEqual(['Begin'])
  await panel.save(cpus(5), 'More cores')
  await panel.look()
  expect(log()).toEqual(['Begin', 'More cores'])
  expect(server.git('log', '-1', '--format=%B', 'main')).toContain(
    'With it go:\n- r2 by ada\n- r3 by ada',
  )
  const deployed = await panel.save(cpus(6))
  await markApplied(db, 'small-lab', deployed)
  await panel.look()
  expect(log()).toEqual(['Begin', 'More cores', `Save r${deployed}`])
  expect((await panel.link()).waiting).toEqual([])
})

test('where only deploys are committed a message makes no commit', async () => {
  await inStep({ commitOn: 'deploy' })
  const saved = await panel.save(cpus(3), 'Words')
  await panel.look()
  expect(log()).toEqual(['Begin'])
  await markApplied(db, 'small-lab', saved)
  await panel.look()
  expect(log()).toEqual(['Begin', 'Words'])
})

test('each commit of another becomes a revision of theirs', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.commit('Four cores', cpus(4))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const rows = await db.revision.findMany({ orderBy: { number: 'asc' }, skip: 1 })
  expect(rows.map(({ author, message }) => [author, message])).toEqual([
    ['Ada (Git)', 'Three cores'],
    ['Ada (Git)', 'Four cores'],
  ])
  expect(log()).toEqual(['Begin', 'Three cores', 'Four cores'])
  const { log: shown, waiting } = await panel.link()
  expect(shown.filter(({ direction }) => direction === 'in')).toHaveLength(2)
  expect(waiting).toEqual([])
})

test('changes of different fields on both sides lose nothing', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  await panel.save(memory(4096), 'More memory')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn(inGit())).toMatchObject({ cpus: 3, memoryMib: 4096 })
  expect(inGit()).toBe((await panel.head()).text)
  expect(inGit()).toContain('# keep me')
  // One commit with both, and none in between that takes theirs back.
  expect(log()).toEqual(['Begin', 'Three cores', 'Three cores'])
  expect(server.git('log', '-1', '--format=%B', 'main')).toContain('- r2 by ada: More memory')
})

test('the same field on both sides is a conflict that both survive, until somebody chooses', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  await panel.save((text) => memory(4096)(cpus(5)(text)), 'Five cores')
  const conflicts = [{ path: ['sizes', 'small', 'cpus'], panel: 5, git: 3 }]
  expect(await panel.look()).toMatchObject({ kind: 'conflict', conflicts })
  expect(await panel.look()).toMatchObject({ kind: 'conflict', conflicts })
  expect(sizeIn(inGit())).toMatchObject({ cpus: 3, memoryMib: 2048 })
  expect(sizeIn((await panel.head()).text)).toMatchObject({ cpus: 5, memoryMib: 4096 })
  const stops = await db.auditEntry.findMany({ where: { action: 'git.stop' } })
  expect(stops).toHaveLength(1)
  await panel.choose('theirs')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn(inGit())).toMatchObject({ cpus: 3, memoryMib: 4096 })
  expect(inGit()).toBe((await panel.head()).text)
})

test('the panel’s value can be chosen as well, and goes out', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  await panel.save(cpus(5), 'Five cores')
  expect(await panel.look()).toMatchObject({ kind: 'conflict' })
  await panel.choose('ours')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn(inGit())).toMatchObject({ cpus: 5 })
})

test('a later commit can settle a conflict by itself', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  await panel.save(cpus(5), 'Five cores')
  expect(await panel.look()).toMatchObject({ kind: 'conflict' })
  theirs.commit('Five after all', cpus(5))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn((await panel.head()).text)).toMatchObject({ cpus: 5 })
})

test('a commit that cannot be read is refused with its line, and the next one puts it right', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Break it', (text) => text.replace('cpus: 2', 'cpuz: 2'))
  theirs.push()
  const line =
    theirs
      .read()
      .split('\n')
      .findIndex((each) => each.includes('cpuz')) + 1
  expect(await panel.look()).toMatchObject({ kind: 'refused', problems: [{ line }, {}] })
  await panel.save(memory(4096), 'More memory')
  expect(await panel.look()).toMatchObject({ kind: 'refused' })
  expect((await panel.head()).number).toBe(2)
  const { log: shown, waiting } = await panel.link()
  expect(shown[0]).toMatchObject({ outcome: 'refused', author: 'Ada (Git)', subject: 'Break it' })
  expect(waiting).toMatchObject([{ revision: 2, state: 'due' }])
  expect(await db.auditEntry.count({ where: { action: 'git.refuse' } })).toBe(1)
  theirs.commit('Mend it', (text) => text.replace('cpuz: 2', 'cpus: 3'))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn(inGit())).toMatchObject({ cpus: 3, memoryMib: 4096 })
})

test('a document with blockers is kept, not deployable', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Gone host', (text) => text.replace('size: small', 'size: huge'))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(await panel.head()).toMatchObject({ number: 2, deployable: false })
})

test('line ends and a byte order mark are read over, and other files stay as they are', async () => {
  await inStep()
  const theirs = clone()
  writeFileSync(join(theirs.folder, 'big.bin'), Buffer.alloc(5 * 2 ** 20, 9))
  writeFileSync(join(theirs.folder, 'dos.txt'), '\uFEFFa\r\nb\r\n')
  theirs.write(`\uFEFF${cpus(3)(theirs.read()).replaceAll('\n', '\r\n')}`)
  theirs.commit('From Windows')
  theirs.push()
  const before = server.git('ls-tree', 'main', 'big.bin', 'dos.txt')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect((await panel.head()).text).toBe(cpus(3)((await db.revision.findFirstOrThrow()).text))
  await panel.save(cpus(4), 'Four')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(inGit()).not.toContain('\r')
  expect(inGit().startsWith('drawbridge')).toBe(true)
  expect(server.git('ls-tree', 'main', 'big.bin', 'dos.txt')).toBe(before)
})

test('a rewritten history stops, with nothing lost; theirs can be taken as a new revision', async () => {
  await inStep()
  await panel.save(cpus(3), 'Three')
  await panel.look()
  const theirs = clone()
  git(theirs.folder, 'reset', '--quiet', '--hard', 'HEAD~1')
  theirs.commit('Another past', cpus(7))
  theirs.push('--force')
  await panel.save(memory(4096), 'More memory')
  const rewritten = server.git('rev-parse', 'main')
  expect(await panel.look()).toEqual({ kind: 'history-rewritten', commit: rewritten })
  expect(await panel.look()).toEqual({ kind: 'history-rewritten', commit: rewritten })
  expect(server.git('rev-parse', 'main')).toBe(rewritten)
  await panel.choose('theirs')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn((await panel.head()).text)).toMatchObject({ cpus: 7, memoryMib: 2048 })
  expect(server.git('merge-base', '--is-ancestor', rewritten, 'main')).toBe('')
})

test('or ours goes to a new branch, which is followed from then on', async () => {
  await inStep()
  const theirs = clone()
  git(theirs.folder, 'commit', '--quiet', '--amend', '-m', 'Another past')
  theirs.push('--force')
  await panel.save(cpus(3), 'Three')
  expect(await panel.look()).toMatchObject({ kind: 'history-rewritten' })
  await panel.choose('new-branch')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const { settings } = await panel.link()
  expect(settings.branch).toBe('drawbridge/small-lab-r2')
  expect(log()).toEqual(['Another past'])
  expect(inGit(settings.branch)).toBe((await panel.head()).text)
  expect(await panel.look()).toEqual({ kind: 'in-step' })
})

test('a deleted branch is not made again by itself', async () => {
  await inStep()
  await panel.save(cpus(3), 'Three')
  await panel.look()
  server.git('branch', '-m', 'main', 'other')
  await panel.save(cpus(4), 'Four')
  expect(await panel.look()).toEqual({ kind: 'branch-missing', branches: ['other'] })
  expect(server.git('branch', '--format=%(refname:short)')).toBe('other')
  await panel.choose('ours')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['Begin', 'Three', 'Four'])
})

test('a deleted file stops; ours can be written again', async () => {
  await inStep()
  const theirs = clone()
  git(theirs.folder, 'rm', '--quiet', FILE)
  writeFileSync(join(theirs.folder, 'x'), 'x')
  theirs.commit('Away with it')
  theirs.push()
  expect(await panel.look()).toMatchObject({ kind: 'file-missing' })
  expect((await panel.head()).number).toBe(1)
  await panel.choose('ours')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(inGit()).toBe((await panel.head()).text)
})

test('a repository with another document waits for a choice', async () => {
  const theirs = clone()
  theirs.write(cpus(9)(SMALL))
  theirs.commit('Older than the panel')
  theirs.push()
  await panel.put(linkTo(server))
  expect(await panel.look()).toMatchObject({ kind: 'unrelated' })
  expect(await panel.look()).toMatchObject({ kind: 'unrelated' })
  await panel.choose('theirs')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(sizeIn((await panel.head()).text)).toMatchObject({ cpus: 9 })
})

test('a protected branch gets a branch beside it, and a merge of it closes the circle', async () => {
  const theirs = clone()
  theirs.write((await panel.head()).text)
  theirs.commit('By hand')
  theirs.push()
  server.hook('update', '[ "$1" = refs/heads/main ] && { echo "protected" >&2; exit 1; }; exit 0')
  await inStep()
  await panel.save(cpus(3), 'Three')
  const waits = { kind: 'to-merge', branch: 'drawbridge/small-lab' }
  expect(await panel.look()).toEqual(waits)
  await panel.save(cpus(4), 'Four')
  expect(await panel.look()).toEqual(waits)
  expect(await panel.look()).toEqual(waits)
  expect(log('drawbridge/small-lab')).toEqual(['By hand', 'Three', 'Four'])
  expect(log()).toEqual(['By hand'])
  server.hook('update', null)
  // As a forge does it: squashed, under a name of its own, after the panel has gone on.
  git(theirs.folder, 'fetch', '--quiet', 'origin')
  git(theirs.folder, 'merge', '--quiet', '--squash', 'origin/drawbridge/small-lab')
  theirs.commit('Squashed (#1)')
  theirs.push()
  git(theirs.folder, 'push', '--quiet', 'origin', '--delete', 'drawbridge/small-lab')
  await panel.save(cpus(6), 'Six')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['By hand', 'Squashed (#1)', 'Six'])
})

test('a push of somebody else in between is met, merged and gone on from', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  await panel.save(memory(4096), 'More memory')
  let raced = false
  server.hook('pre-receive', null)
  const opened = await openGitPanel(dir, server.port, {
    reached: (point) => {
      if (point !== 'committed' || raced) return
      raced = true
      theirs.push()
    },
  })
  onTestFinished(() => opened.db.$disconnect())
  expect(await atPanel(opened, 'small-lab').look()).toEqual({ kind: 'in-step' })
  expect(raced).toBe(true)
  expect(sizeIn(inGit())).toMatchObject({ cpus: 3, memoryMib: 4096 })
})

test('a server that is away is tried again later, and nothing is forgotten', async () => {
  await inStep()
  await panel.save(cpus(3), 'Three')
  await server.close()
  const state = await panel.look()
  expect(state).toMatchObject({ kind: 'failed', code: 'git.unreachable' })
  expect((await panel.link()).waiting).toMatchObject([{ revision: 2, attempts: 1 }])
})

test('over ssh the panel shows its key, waits for the host key, and stops at another one', async () => {
  let userKey: Secret | null = null
  const serve = (port?: number) =>
    startGitSsh(dir, { hostKey: makePrivateKey('host'), userKey: () => userKey, port })
  let ssh = await serve()
  const { port } = ssh
  const opened = await openGitPanel(dir, port)
  const at = atPanel(opened, 'small-lab')
  onTestFinished(async () => {
    await opened.db.$disconnect()
    await ssh.close()
  })
  const url = `ssh://git@127.0.0.1:${port}/homelab.git`
  const { token: _, ...settings } = linkTo(server, { url, auth: 'ssh-key', username: '' })
  await at.put({ ...settings, caPem: null })
  const first = await at.look()
  expect(first).toMatchObject({ kind: 'host-key-unknown' })
  expect(server.git('branch')).toBe('')
  const accept = async () => {
    const { state } = await at.link()
    if (!('offered' in state)) throw new Error(state.kind)
    const by = { actor: ADA, now: Date.now() }
    await acceptGitHostKey(opened.db, 'small-lab', { offered: state.offered }, by)
  }
  await accept()
  expect(await at.look()).toMatchObject({ kind: 'failed', code: 'git.auth' })
  userKey = await opened.shop.secrets.find(gitKeyName('small-lab'))
  expect((await at.link()).publicKey).toBe(userKey ? publicKeyOf(userKey) : '')
  expect(await at.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['Begin'])

  await ssh.close()
  ssh = await serve(port)
  await at.save(cpus(3), 'Three')
  const changed = await at.look()
  expect(changed).toMatchObject({ kind: 'host-key-changed' })
  expect(log()).toEqual(['Begin'])
  await accept()
  expect(await at.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['Begin', 'Three'])
})

test('a panel that was restored from a backup takes what it lost from Git', async () => {
  await inStep()
  const copy = join(dir, 'backup.db')
  await db.$executeRawUnsafe(`VACUUM INTO '${copy}'`)
  await panel.save(cpus(3), 'Three')
  await panel.save(memory(4096), 'Four GiB')
  await panel.look()
  const { text } = await panel.head()
  const restored = join(dir, 'restored')
  mkdirSync(restored)
  renameSync(copy, join(restored, 'panel.db'))
  cpSync(join(dir, 'keys'), join(restored, 'keys'), { recursive: true })
  const opened = await openGitPanel(restored, server.port)
  onTestFinished(() => opened.db.$disconnect())
  const at = atPanel(opened, 'small-lab')
  expect((await at.head()).number).toBe(1)
  expect(await at.look()).toEqual({ kind: 'in-step' })
  expect((await at.head()).text).toBe(text)
  await at.save(cpus(8), 'Eight')
  expect(await at.look()).toEqual({ kind: 'in-step' })
  expect(log()).toEqual(['Begin', 'Three', 'Four GiB', 'Eight'])
})

test('what came in is planned, and why there is no plan is said where there is none', async () => {
  await inStep()
  const theirs = clone()
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  const opened = await openGitPanel(dir, server.port)
  onTestFinished(() => opened.db.$disconnect())
  await lookAtGit(opened.shop, 'small-lab', new AbortController().signal)
  expect(await listUnplanned(db, 'small-lab')).toMatchObject([{ revision: 2, before: 1 }])
  await planTaken(opened.shop, { topologyId: 'small-lab', autoApply: true })
  expect(await listUnplanned(db, 'small-lab')).toEqual([])
  const { log: shown } = await panel.link()
  expect(shown[0]?.note).toMatch(/^No plan: /)
  expect(await db.job.count()).toBe(0)
})

test('settings that change during a look are not overwritten by what it found', async () => {
  await inStep()
  const begun = await findGitLink(db, 'small-lab')
  if (!begun) throw new Error('it is kept in Git')
  await panel.put(linkTo(server, { branch: 'other' }))
  const known = { commit: 'c'.repeat(40), text: 'of the old branch', revision: 1 }
  const found = recordKnown(db, begun, { known, logged: null }, Date.now())
  await expect(found).rejects.toMatchObject({ code: 'git.settings-changed' })
  const row = await db.gitLink.findFirstOrThrow()
  expect(row).toMatchObject({ branch: 'other', knownCommit: null, knownText: null })
  expect(await panel.look()).toEqual({ kind: 'branch-missing', branches: ['main'] })
})
