import { expect, test } from 'vitest'
import { readGitAddress, whyNotBranch, whyNotPath } from './git-address'

test.each([
  ['https://git.lan/me/homelab.git', 'https', 'git.lan', 443, 'https://git.lan/me/homelab.git'],
  ['https://Git.LAN:3000/a', 'https', 'git.lan', 3000, 'https://git.lan:3000/a'],
  ['git@github.com:me/homelab.git', 'ssh', 'github.com', 22, 'ssh://git@github.com/me/homelab.git'],
  ['github.com:me/homelab.git', 'ssh', 'github.com', 22, 'ssh://git@github.com/me/homelab.git'],
  [
    'ssh://git@10.0.0.5:2222/srv/git/a.git',
    'ssh',
    '10.0.0.5',
    2222,
    'ssh://git@10.0.0.5:2222/srv/git/a.git',
  ],
  ['ssh://git@[fd00::1]/a.git', 'ssh', 'fd00::1', 22, 'ssh://git@[fd00::1]/a.git'],
])('%s is an address', (typed, kind, host, port, url) => {
  expect(readGitAddress(typed)).toEqual({
    ok: true,
    address: expect.objectContaining({ kind, host, port, url }),
  })
})

test.each([
  'http://git.lan/a',
  'file:///etc/passwd',
  '/srv/git/a.git',
  'ext::sh -c touch% /tmp/x',
  'ssh://-oProxyCommand=touch/a',
  'ssh://git@-oProxyCommand=x/a',
  '-oProxyCommand=x:a',
  'https://me:secret@git.lan/a',
  'https://me@git.lan/a',
  'https://git.lan/',
  'https://git.lan/a?x=1',
  'https://git.lan/a b',
  'ssh://-x@git.lan/a',
  'git://git.lan/a',
  '--upload-pack=x',
  '',
])('%s is none', (typed) => {
  expect(readGitAddress(typed).ok).toBe(false)
})

test.each(['main', 'feature/a-b', 'drawbridge/dark-knight', 'v1.2'])('%s is a branch', (name) => {
  expect(whyNotBranch(name)).toBeNull()
})
test.each([
  '',
  '-x',
  'a..b',
  'a b',
  'x.lock',
  'a//b',
  'a/',
  '.a',
  'a/.b',
  '@',
  'a@{1}',
  'a~1',
  'a:b',
])('"%s" is no branch', (name) => expect(whyNotBranch(name)).not.toBeNull())
test.each(['topology.yaml', 'lab/a b.yml', 'x/y/z.yaml'])('%s is a path', (path) => {
  expect(whyNotPath(path)).toBeNull()
})
test.each([
  '',
  '/a.yaml',
  '../a.yaml',
  'a/../b.yaml',
  './a.yaml',
  '.git/a.yaml',
  'x/.GIT/a.yaml',
  'a.txt',
  'a,b.yaml',
  'a//b.yaml',
])('"%s" is no path', (path) => expect(whyNotPath(path)).not.toBeNull())
