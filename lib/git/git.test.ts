import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readGitAddress } from '@/lib/base/git-address'
import { Secret } from '@/lib/base/secret'
import { makeEgress } from '@/lib/io/egress'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import { Repository } from './repository'
import { type GitServer, git, startGitServer, startGitSsh, TOKEN, USER } from './testing/git-server'
import { type GitWay, openWay, shownHostKey, sweepWays } from './way'

let dir = ''
let server: GitServer

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'drawbridge-git-'))
  server = await startGitServer(dir)
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

const egress = (port: number) =>
  makeEgress(async () => [{ host: '127.0.0.1', port, reach: 'private', by: 'the test' }])

function wayTo(url: string, port: number, more: Partial<GitWay> = {}): GitWay {
  const read = readGitAddress(url)
  if (!read.ok) throw new Error(read.reason)
  const credential = { username: USER, token: new Secret(TOKEN) }
  return {
    ...{ address: read.address, egress: egress(port), credential, caPem: server.caPem },
    ...{ key: null, hostKey: null, ...more },
  }
}

const overHttps = (more: Partial<GitWay> = {}) => wayTo(server.url, server.port, more)

/** A person's clone with one commit. */
function seeded(): string {
  const clone = join(dir, 'clone')
  git(dir, 'clone', '--quiet', server.bare, clone)
  mkdirSync(join(clone, 'lab'))
  writeFileSync(join(clone, 'lab/topology.yaml'), 'name: one\n')
  writeFileSync(join(clone, 'big.bin'), Buffer.alloc(5 * 2 ** 20, 7))
  writeFileSync(join(clone, 'notes.txt'), '\uFEFFline\r\nline\r\n')
  git(clone, 'add', '.')
  git(clone, 'commit', '--quiet', '-m', 'Begin')
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  return clone
}

const WORDS = {
  author: { name: 'Ada <x>\nCommitter: evil', email: 'ada@panel' },
  committer: { name: 'Drawbridge', email: 'panel@panel' },
  at: 1_763_000_000_000,
  message: 'Change it\n\nDrawbridge-Revision: abc/t/1\n',
}

const openRepository = async () => {
  const repository = new Repository(join(dir, 'copy.git'))
  await repository.ensure()
  return repository
}

test('fetches, commits one file beside others and pushes over https with a token', async () => {
  seeded()
  const before = server.git('ls-tree', '-r', 'main')
  const way = await openWay(overHttps(), dir)
  const repository = await openRepository()
  expect([...(await repository.branches(way)).keys()]).toEqual(['main'])
  const head = await repository.fetch(way, 'main')
  const file = await repository.file(head, 'lab/topology.yaml', 100)
  expect(file.kind === 'file' && file.bytes.toString()).toBe('name: one\n')
  expect((await repository.file(head, 'big.bin', 2 ** 20)).kind).toBe('odd')
  expect((await repository.file(head, 'lab', 100)).kind).toBe('odd')
  expect((await repository.file(head, 'none.yaml', 100)).kind).toBe('absent')

  const change = { parents: [head], path: 'lab/topology.yaml', text: 'name: two\n' }
  const commit = await repository.commitFile(change, WORDS)
  expect(await repository.commitFile(change, WORDS)).toBe(commit)
  expect(await repository.push(way, { commit, branch: 'main' })).toEqual({ kind: 'pushed' })
  expect(server.git('show', 'main:lab/topology.yaml')).toBe('name: two')
  const after = server.git('ls-tree', '-r', 'main')
  const others = (tree: string) => tree.split('\n').filter((line) => !line.includes('topology'))
  expect(others(after)).toEqual(others(before))
  expect(server.git('log', '-1', '--format=%an|%cn', 'main')).toBe(
    'Ada x Committer: evil|Drawbridge',
  )
  const next = await repository.fetch(way, 'main')
  const lines = (start: string, from: string | null) =>
    repository.linesThatBegin(start, { from, to: next })
  expect(await lines('Drawbridge-Revision: abc/t/', null)).toEqual(['Drawbridge-Revision: abc/t/1'])
  expect(await lines('Drawbridge-Revision: abc/t/', next)).toEqual([])
  expect(await lines('Drawbridge-Revision: a.c/t/', null)).toEqual([])
  expect(await lines('Revision: abc/t/', null)).toEqual([])
  expect(await repository.leadsTo(head, next)).toBe(true)
  expect(await repository.leadsTo(next, head)).toBe(false)
  await way.close()
}, 30_000)

test('a first commit makes the branch of an empty repository', async () => {
  const way = await openWay(overHttps(), dir)
  const repository = await openRepository()
  expect((await repository.branches(way)).size).toBe(0)
  const change = { parents: [], path: 'a b/topology.yaml', text: 'x\n' }
  const commit = await repository.commitFile(change, WORDS)
  expect(await repository.push(way, { commit, branch: 'main' })).toEqual({ kind: 'pushed' })
  expect(server.git('show', 'main:a b/topology.yaml')).toBe('x')
  await way.close()
}, 30_000)

test('a push that lost the race is told apart from one that is not taken', async () => {
  const clone = seeded()
  const way = await openWay(overHttps(), dir)
  const repository = await openRepository()
  const head = await repository.fetch(way, 'main')
  const commit = await repository.commitFile(
    { parents: [head], path: 'lab/topology.yaml', text: 'name: two\n' },
    WORDS,
  )
  server.hook('pre-receive', 'printf "\\033[31mmain is \\033]0;x\\aprotected\\n" >&2; exit 1')
  const declined = await repository.push(way, { commit, branch: 'main' })
  expect(declined).toEqual({
    kind: 'declined',
    reason: expect.stringMatching(/^\P{Cc}*main is \P{Cc}*protected\P{Cc}*$/u),
  })
  server.hook('pre-receive', null)
  git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'Meanwhile')
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  expect(await repository.push(way, { commit, branch: 'main' })).toEqual({ kind: 'behind' })
  await way.close()
}, 30_000)

test.each([
  ['another token', { credential: { username: USER, token: new Secret('wrong') } }, 'git.auth'],
  ['no authority', { caPem: null }, 'git.certificate'],
])('%s is told by its code, and the token stands nowhere', async (_, more, code) => {
  const way = await openWay(overHttps(more), dir)
  const repository = await openRepository()
  await expect(repository.branches(way)).rejects.toMatchObject({ code })
  await way.close()
  expect(readdirSync(join(dir, '.open'))).toEqual([])
})

test('no argument, environment or file of a running Git holds the token', async () => {
  seeded()
  const way = await openWay(overHttps(), dir)
  const repository = await openRepository()
  const seen: string[] = []
  server.onPushed = () => {
    for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
      for (const file of ['cmdline', 'environ']) seen.push(readProc(pid, file))
  }
  const head = await repository.fetch(way, 'main')
  const change = { parents: [head], path: 'lab/topology.yaml', text: 'name: two\n' }
  const commit = await repository.commitFile(change, WORDS)
  await repository.push(way, { commit, branch: 'main' })
  await way.close()
  expect(seen.filter((each) => each.includes('push')).length).toBeGreaterThan(0)
  expect(seen.filter((each) => each.includes(TOKEN))).toEqual([])
})

/** Of a process that went meanwhile: nothing. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8')
  } catch {
    return ''
  }
}

test('an address on no list is refused before anything is sent', async () => {
  await expect(openWay(overHttps({ egress: egress(1) }), dir)).rejects.toMatchObject({
    code: 'egress.not-allowed',
  })
  expect(server.requests).toEqual([])
})

test('over ssh only the accepted host key is spoken to', async () => {
  seeded()
  const [hostKey, userKey] = [makePrivateKey('host'), makePrivateKey('user')]
  const ssh = await startGitSsh(dir, { hostKey, userKey: () => userKey })
  const way = (accepted: string | null) =>
    wayTo(`ssh://git@127.0.0.1:${ssh.port}/homelab.git`, ssh.port, {
      ...{ key: userKey, hostKey: accepted, credential: null, caPem: null },
    })
  const shown = await shownHostKey(way(null), dir)
  expect(shown).toBe(publicKeyOf(hostKey))

  const repository = await openRepository()
  const open = await openWay(way(shown), dir)
  const head = await repository.fetch(open, 'main')
  const commit = await repository.commitFile(
    { parents: [head], path: 'lab/topology.yaml', text: 'name: two\n' },
    WORDS,
  )
  expect(await repository.push(open, { commit, branch: 'main' })).toEqual({ kind: 'pushed' })
  await open.close()

  for (const accepted of [publicKeyOf(makePrivateKey('other')), null]) {
    const stranger = await openWay(way(accepted), dir)
    await expect(repository.branches(stranger)).rejects.toMatchObject({ code: 'git.host-key' })
    await stranger.close()
  }
  expect(readdirSync(join(dir, '.open'))).toEqual([])
  await ssh.close()
}, 30_000)

test('a copy that was damaged says so, and what a killed process left is swept away', async () => {
  seeded()
  const way = await openWay(overHttps(), dir)
  const repository = await openRepository()
  const head = await repository.fetch(way, 'main')
  rmSync(join(dir, 'copy.git/objects'), { recursive: true })
  mkdirSync(join(dir, 'copy.git/objects'))
  await expect(repository.file(head, 'lab/topology.yaml', 100)).rejects.toThrow()
  await repository.forget()
  await repository.ensure()
  expect(await repository.fetch(way, 'main')).toBe(head)
  writeFileSync(join(dir, 'copy.git/packed-refs.lock'), '')
  // A fetch that is ended by its time or by a restart leaves what it got so far, each time.
  writeFileSync(join(dir, 'copy.git/objects/pack/tmp_pack_a1B2c3'), 'half')
  const packs = () => readdirSync(join(dir, 'copy.git/objects/pack'))
  const before = packs().length
  await repository.ensure()
  expect(readdirSync(join(dir, 'copy.git'))).not.toContain('packed-refs.lock')
  expect(packs()).toHaveLength(before - 1)
  expect(packs()).not.toContain('tmp_pack_a1B2c3')
  expect(readdirSync(join(dir, '.open'))).toHaveLength(1)
  await sweepWays(dir)
  expect(readdirSync(dir)).not.toContain('.open')
  await way.close()
}, 30_000)
