import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ApiError, SaveAnswer, TopologyHead } from '@/lib/api/contract'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { SMALL, withVm } from '@/lib/db/testing/document'
import { tempDataDir } from '@/lib/db/testing/temp-db'
import { git, startGitServer } from '@/lib/git/testing/git-server'
import { atPanel, FILE, linkTo, openGitPanel } from '@/workers/provisioner/testing/git-panel'
import * as revisions from './t/[t]/revisions/route'
import * as headRoute from './t/[t]/route'
import * as topologies from './topologies/route'

const params = { t: 'small-lab' }

/** A panel whose topology is kept in Git, two browsers at it, and somebody's clone of the branch. */
async function writers() {
  const { panel, signedIn } = await tempPanel()
  const [admin, editor] = [await signedIn('admin'), await signedIn('editor')]
  await ask(topologies.POST, { method: 'POST', body: { from: 'text', text: SMALL }, cookie: admin })
  const dir = await tempDataDir()
  const server = await startGitServer(dir)
  onTestFinished(() => server.close())
  const opened = await openGitPanel(panel.dataDir, server.port, { db: panel.db })
  onTestFinished(() => opened.db.$disconnect())
  const inGit = atPanel({ ...opened, db: panel.db }, params.t)
  await inGit.put(linkTo(server))
  expect(await inGit.look()).toEqual({ kind: 'in-step' })

  const folder = join(dir, 'clone')
  git(dir, 'clone', '--quiet', server.bare, folder)
  const file = join(folder, FILE)
  const push = (change: (text: string) => string) => {
    git(folder, 'pull', '--quiet', 'origin', 'main')
    mkdirSync(join(folder, 'lab'), { recursive: true })
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    git(folder, 'commit', '--quiet', '-am', 'By hand')
    git(folder, 'push', '--quiet', 'origin', 'HEAD:main')
  }
  const head = async () =>
    (await ask(headRoute.GET, { params, cookie: admin })).json as unknown as TopologyHead
  const save = async (cookie: string, at: TopologyHead, change: (text: string) => string) => {
    const body = { text: change(at.text), parent: at.revision.number, message: 'In a browser' }
    const { status, json } = await ask(revisions.POST, { method: 'POST', params, body, cookie })
    return { status, json: json as unknown as SaveAnswer & ApiError }
  }
  const pushed = () => `${server.git('show', `main:${FILE}`)}\n`
  return { admin, editor, inGit, push, head, save, pushed }
}

const memory = (mib: number) => (text: string) =>
  text.replace(/memoryMib: \d+, d/, `memoryMib: ${mib}, d`)
const cpus = (n: number) => (text: string) => text.replace(/cpus: \d+,/, `cpus: ${n},`)
const disk = (gib: number) => (text: string) => text.replace(/diskGib: \d+/, `diskGib: ${gib}`)

test('two browsers and a Git push at once lose nothing, round after round', async () => {
  const { admin, editor, inGit, push, head, save, pushed } = await writers()
  for (let round = 1; round <= 2; round++) {
    const seen = await head()
    push((text) => `# by hand ${round}\n${disk(100 + round)(text)}`)
    const [first, second, state] = await Promise.all([
      save(admin, seen, (text) => memory(2048 + round)(withVm(text, `a${round}`))),
      save(editor, seen, (text) => cpus(2 + round)(withVm(text, `b${round}`))),
      inGit.look(),
    ])
    expect([first.status, second.status, state]).toEqual([201, 201, { kind: 'in-step' }])
    const { document, text } = await head()
    expect(document.sizes?.small).toMatchObject({
      ...{ cpus: 2 + round, memoryMib: 2048 + round, diskGib: 100 + round },
    })
    expect(text).toContain(`# by hand ${round}`)
    expect(text).toContain('# keep me')
    const vms = Object.values(document.vms ?? {})
    expect(vms).toHaveLength(1 + 2 * round)
    expect(new Set(vms.map(({ vmid }) => vmid)).size).toBe(vms.length)
    expect(await inGit.look()).toEqual({ kind: 'in-step' })
    expect(pushed()).toBe((await head()).text)
  }
  const { revision } = await head()
  const rows = (await ask(revisions.GET, { params, cookie: admin })).json as unknown as {
    number: number
    parent: number | null
    author: string
  }[]
  expect(rows.map(({ number, parent }) => [number, parent])).toEqual(
    Array.from({ length: revision.number }, (_, n) => [
      revision.number - n,
      revision.number - n - 1 || null,
    ]),
  )
  expect(new Set(rows.map(({ author }) => author))).toEqual(
    new Set(['admin', 'editor', 'Ada (Git)']),
  )
})

test('where all three write one field one stands, and each of the others is told both values', async () => {
  const { admin, editor, inGit, push, head, save } = await writers()
  const seen = await head()
  push(memory(5000))
  const [first, second, state] = await Promise.all([
    save(admin, seen, memory(6000)),
    save(editor, seen, memory(7000)),
    inGit.look(),
  ])
  const stands = (await head()).document.sizes?.small?.memoryMib
  const refused = [first, second].filter(({ status }) => status === 409)
  for (const { json } of refused) {
    expect(json.conflict?.paths).toMatchObject([
      { path: ['sizes', 'small', 'memoryMib'], base: 2048, theirs: stands },
    ])
  }
  const won = [first, second].filter(({ status }) => status === 201).length
  expect(won + (state.kind === 'conflict' ? 0 : 1)).toBe(1)
  expect([5000, 6000, 7000]).toContain(stands)
})
