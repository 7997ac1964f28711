import { expect, test } from 'vitest'
import type { Secret } from '@/lib/base/secret'
import { hostKeyName } from '@/lib/plan/secret-names'
import { fingerprintOf, makePrivateKey, parsePublicKey, publicKeyOf } from '@/lib/ssh/keys'
import { pinnedHostKeys } from './pinned-host-keys'

test('a VM whose key was made is told by its fingerprint, another is left out', async () => {
  const key = makePrivateKey('a')
  const stored = new Map<string, Secret>([[hostKeyName('home', 'a'), key]])
  const topology = {
    drawbridge: 1 as const,
    name: 'Home',
    vms: { a: { role: 'plain' as const }, b: { role: 'plain' as const } },
  }
  const secrets = { find: async (name: string) => stored.get(name) ?? null }
  expect(await pinnedHostKeys(topology, { topologyId: 'home' }, { secrets })).toEqual({
    a: fingerprintOf(parsePublicKey(publicKeyOf(key)).blob),
  })
})
