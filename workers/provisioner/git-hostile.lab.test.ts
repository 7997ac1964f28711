import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { PutGitRequest } from '@/lib/api/contract-git'
import { checkAudit } from '@/lib/db/audit-check'
import { removeGitLink } from '@/lib/db/git-links'
import { SMALL } from '@/lib/db/testing/document'
import { tempDb } from '@/lib/db/testing/temp-db'
import { createTopology } from '@/lib/db/topologies'
import { type GitServer, startGitServer } from '@/lib/git/testing/git-server'
import type { GitPoint } from './git-shop'
import { sweepCopies } from './git-watch'
import { cloneOf } from './testing/git-clone'
import { ADA, atPanel, FILE, linkTo, openGitPanel } from './testing/git-panel'

let server: GitServer
let dir = ''
let panel: ReturnType<typeof atPanel>
let db: Awaited<ReturnType<typeof openGitPanel>>['db']

beforeEach(async () => {
  dir = (await tempDb()).dataDir
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
const cpus = (n: number) => (text: string) => text.replace(/cpus: \d+/, `cpus: ${n}`)
const memory = (n: number) => (text: string) =>
  text.replace(/memoryMib: \d+, d/, `memoryMib: ${n}, d`)
const POINTS: GitPoint[] = ['fetched', 'saved', 'taken', 'committed', 'pushed', 'recorded']
type Clone = ReturnType<typeof cloneOf>
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`
const inGit = (branch = 'main') => `${server.git('show', `${branch}:${FILE}`)}\n`

test('a commit names no connection that nobody named in the panel', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  theirs.commit('Build elsewhere', (text) => text.replace('connection: lab', 'connection: other'))
  theirs.push()
  expect(await panel.look()).toMatchObject({
    kind: 'refused',
    problems: [{ code: 'connection.not-yours', path: ['hosts', 'pve1', 'connection'] }],
  })
  expect((await panel.head()).number).toBe(1)
  expect((await panel.link()).log[0]).toMatchObject({ outcome: 'refused' })
})

test('a choice that is overtaken by a push is dropped, and one can be made again', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  theirs.commit('Three cores', cpus(3))
  theirs.push()
  await panel.save(cpus(5), 'Five cores')
  expect(await panel.look()).toMatchObject({ kind: 'conflict' })
  await panel.choose('ours')
  theirs.commit('Seven cores', cpus(7))
  theirs.push()
  expect(await panel.look()).toMatchObject({ kind: 'conflict' })
  expect((await panel.link()).choice).toBeNull()
  server.git('branch', '-m', 'main', 'gone')
  expect(await panel.look()).toMatchObject({ kind: 'branch-missing' })
})

test('what people write into names and messages neither misleads nor breaks anything', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  const name = `${'a'.repeat(59)}😀\u202e`
  theirs.commit('Three\u202e\u0007 cores', cpus(3), `--author=${name} <a@b>`)
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const row = await panel.head()
  expect(row).toMatchObject({ number: 2, message: 'Three<U+202E><U+0007> cores' })
  expect(row.author).toBe(`${'a'.repeat(59)}😀 (Git)`)
  await panel.save(memory(4096), 'a\u202eb\n\nDrawbridge-Revision: abcd2345/small-lab/9')
  await db.revision.updateMany({ where: { number: 3 }, data: { author: '...' } })
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(inGit()).toBe((await panel.head()).text)
  expect(server.git('log', '-1', '--format=%an|%s', 'main')).toBe('somebody|a<U+202E>b')
  // A line that a person typed does not pass for the commit of another revision.
  const lines = server.git('log', '-1', '--format=%B', 'main').split('\n')
  expect(lines.filter((line) => line.startsWith('Drawbridge-Revision:'))).toEqual([
    'Drawbridge-Revision: abcd2345/small-lab/3',
  ])
  expect(await checkAudit(db, Date.now())).toMatchObject({ ok: true })
})

test('a commit that passes for the panel’s own is written down as whose revision it is', async () => {
  await inStep()
  await panel.save(cpus(3))
  const theirs = cloneOf(server, dir)
  const { text } = await panel.head()
  theirs.commit(
    'Mine\n\nDrawbridge-Revision: abcd2345/small-lab/2',
    () => text,
    '--author=root <r@r>',
  )
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect((await panel.link()).log[0]).toMatchObject({ author: 'ada', revision: 2 })
  // And with another text it is a commit like any other.
  theirs.commit('Mine\n\nDrawbridge-Revision: abcd2345/small-lab/2', cpus(8))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(await panel.head()).toMatchObject({ number: 3, author: 'Ada (Git)', message: 'Mine' })
})

test('comments of both sides are kept', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  theirs.commit('Explain', (text) => text.replace('name: Small lab', '# theirs\nname: Small lab'))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect((await panel.head()).text).toBe(theirs.read())
  theirs.commit('More', (text) => text.replace('# theirs', '# theirs, longer'))
  theirs.push()
  await panel.save((text) => text.replace('# keep me', '# kept by me'), 'Mine')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const { text } = await panel.head()
  expect(text).toContain('# theirs, longer')
  expect(text).toContain('# kept by me')
  expect(inGit()).toBe(text)
})

test.each([
  [
    'a link',
    'git.no-file',
    (theirs: Clone) => {
      writeFileSync(join(dir, 'other.yaml'), cpus(9)(theirs.read()))
      rmSync(join(theirs.folder, FILE))
      symlinkSync(join(dir, 'other.yaml'), join(theirs.folder, FILE))
    },
  ],
  [
    'a folder that is a link',
    'git.file-missing',
    (theirs: Clone) => {
      mkdirSync(join(dir, 'elsewhere'))
      rmSync(join(theirs.folder, 'lab'), { recursive: true })
      symlinkSync(join(dir, 'elsewhere'), join(theirs.folder, 'lab'))
    },
  ],
  [
    'a submodule',
    'git.no-file',
    (theirs: Clone) => {
      theirs.git('rm', '--quiet', '--cached', FILE)
      const commit = theirs.git('rev-parse', 'HEAD')
      theirs.git('update-index', '--add', '--cacheinfo', `160000,${commit},${FILE}`)
      rmSync(join(theirs.folder, FILE))
      mkdirSync(join(theirs.folder, FILE))
    },
  ],
  ['an LFS pointer', 'git.lfs', (theirs: Clone) => theirs.write(POINTER)],
  ['5 MB of something else', 'git.no-file', (theirs: Clone) => theirs.write(Buffer.alloc(5e6, 10))],
])('%s at the path is refused, and leads nowhere', async (what, code, put) => {
  await inStep()
  const theirs = cloneOf(server, dir)
  put(theirs)
  if (what === 'a submodule') theirs.git('commit', '--quiet', '-m', what)
  else theirs.commit(what)
  theirs.push()
  const state = await panel.look()
  expect((await panel.head()).number).toBe(1)
  expect((await panel.link()).log[0]?.problems).toMatchObject([{ code }])
  expect(['refused', 'file-missing']).toContain(state.kind)
  if (state.kind !== 'file-missing') return
  // Nothing is written through the link either.
  await panel.choose('ours')
  expect(await panel.look()).toMatchObject({ kind: 'failed', code: 'git.failed' })
  expect(readdirSync(join(dir, 'elsewhere'))).toEqual([])
})

test('a push and a save that come in at any point of a look are both kept', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  const met: GitPoint[] = []
  let at: GitPoint | null = null
  let n = 3
  const meanwhile: Promise<unknown>[] = []
  const opened = await openGitPanel(dir, server.port, {
    reached: (point) => {
      if (point !== at) return
      at = null
      met.push(point)
      theirs.git('pull', '--quiet', '--no-edit', 'origin', 'main')
      theirs.commit(`Disk at ${point}`, (text) =>
        text.replace(/diskGib: \d+/, `diskGib: ${20 + n}`),
      )
      theirs.push()
      meanwhile.push(racing.save(memory(1024 * n), `Memory at ${point}`))
    },
  })
  onTestFinished(() => opened.db.$disconnect())
  const racing = atPanel(opened, 'small-lab')
  for (const point of POINTS) {
    theirs.git('pull', '--quiet', '--no-edit', 'origin', 'main')
    theirs.commit(`Cores before ${point}`, cpus(n))
    theirs.push()
    await panel.save((text) => text.replace(/^name: .*/m, `name: Lab ${n}`), 'Rename')
    at = point
    await racing.look()
    await Promise.all(meanwhile.splice(0))
    expect(await panel.look(), point).toEqual({ kind: 'in-step' })
    const { text } = await panel.head()
    expect(inGit(), point).toBe(text)
    for (const part of [`cpus: ${n}`, `memoryMib: ${1024 * n}`, `diskGib: ${20 + n}`, `Lab ${n}`])
      expect(text, point).toContain(part)
    n++
  }
  expect(met).toEqual(POINTS)
  const trailers = server
    .git('log', '--format=%(trailers:key=Drawbridge-Revision,valueonly)', 'main')
    .split('\n')
    .filter(Boolean)
  expect(new Set(trailers).size).toBe(trailers.length)
})

test('a server that takes nothing says why, and a token that ends is told as that', async () => {
  await inStep()
  server.hook('pre-receive', 'echo "all commits have to be signed" >&2; exit 1')
  await panel.save(cpus(3), 'Three')
  expect(await panel.look()).toMatchObject({
    ...{ kind: 'failed', code: 'git.auth' },
    message: expect.stringContaining('all commits have to be signed'),
  })
  expect((await panel.link()).waiting).toMatchObject([{ revision: 2, state: 'due', attempts: 1 }])
  server.hook('pre-receive', null)
  // The token ends between the fetch and the push.
  const opened = await openGitPanel(dir, server.port, {
    reached: (point) => {
      if (point === 'committed') server.token = 'another'
    },
  })
  onTestFinished(() => opened.db.$disconnect())
  expect(await atPanel(opened, 'small-lab').look()).toMatchObject({ code: 'git.auth' })
  expect(await panel.look()).toMatchObject({ kind: 'failed', code: 'git.auth' })
  await panel.put({ ...linkTo(server), token: 'another' })
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect(inGit()).toBe((await panel.head()).text)
})

test('merges of branches are taken as what they bring, each once', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  theirs.git('checkout', '--quiet', '-b', 'feature')
  theirs.commit('Three cores', cpus(3))
  theirs.commit('Four cores', cpus(4))
  theirs.git('checkout', '--quiet', 'main')
  theirs.commit('Other memory', memory(3072))
  theirs.git('merge', '--quiet', '--no-commit', '-X', 'ours', 'feature')
  // An evil merge: it says what neither side said.
  theirs.commit('Merge feature', (text) => cpus(6)(text.replace('diskGib: 20', 'diskGib: 33')))
  theirs.push()
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const { text } = await panel.head()
  expect(text).toBe(theirs.read())
  const rows = await db.revision.findMany({ orderBy: { number: 'asc' }, skip: 1 })
  expect(rows.map(({ message }) => message)).toEqual(['Other memory', 'Merge feature'])
})

test('a branch that was renamed while both sides went on is merged, not another document', async () => {
  await inStep()
  const theirs = cloneOf(server, dir)
  theirs.commit('Three cores', cpus(3))
  theirs.commit('Four cores', cpus(4))
  theirs.push()
  server.git('branch', '-m', 'main', 'trunk')
  await panel.save(memory(4096), 'More memory')
  expect(await panel.look()).toMatchObject({ kind: 'branch-missing', branches: ['trunk'] })
  await panel.put(linkTo(server, { branch: 'trunk' }))
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  const { text } = await panel.head()
  expect(text).toContain('cpus: 4, memoryMib: 4096')
  expect(inGit('trunk')).toBe(text)
})

test('what is taken out of Git leaves no copy behind', async () => {
  await inStep()
  const gitDir = join(dir, 'git')
  await sweepCopies({ db, gitDir })
  expect(readdirSync(gitDir)).toContain('small-lab.git')
  await removeGitLink(db, 'small-lab', { actor: ADA, now: Date.now() })
  await sweepCopies({ db, gitDir })
  expect(readdirSync(gitDir)).not.toContain('small-lab.git')
})

test('Git’s document is taken with its connections where somebody chose it who may name them', async () => {
  const theirs = cloneOf(server, dir)
  theirs.write(SMALL.replace('connection: lab', 'connection: other'))
  theirs.commit('Older than the panel')
  theirs.push()
  await panel.put(linkTo(server))
  expect(await panel.look()).toMatchObject({ kind: 'unrelated' })
  await panel.choose('theirs', [])
  const line = SMALL.split('\n').findIndex((each) => each.includes('connection: lab')) + 1
  expect(await panel.look()).toMatchObject({ kind: 'refused', problems: [{ line }] })
  expect(await panel.look()).toMatchObject({ kind: 'unrelated' })
  await panel.choose('theirs')
  expect(await panel.look()).toEqual({ kind: 'in-step' })
  expect((await panel.head()).text).toContain('connection: other')
})
