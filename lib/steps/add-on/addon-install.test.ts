import { expect, test } from 'vitest'
import type { StepArgs } from '@/lib/plan/step'
import type { StepContext } from '../handler'
import { addonInstall } from './addon-install'

const args = {
  ...{ cluster: { topologyId: 't1', cluster: 'home' }, addOn: 'loki', release: 'loki' },
  ...{ namespace: 'logging', chart: 'loki', repo: 'https://charts.example', version: '1.0.0' },
  ...{ values: {}, valuesHash: 'abc', namespaceLabels: {}, timeoutS: 60 },
} as unknown as StepArgs['addon.install']

/** A cluster in which Helm keeps one release of that name, with these labels of ours. */
function cluster(labels: Record<string, string>, done: string[]) {
  const metadata = { name: 'sh.helm.release.v1.loki.v2', namespace: 'logging' }
  const own = { owner: 'helm', name: 'loki', status: 'deployed', version: '2', ...labels }
  return {
    kubernetes: async () => ({
      list: async () => [{ metadata: { ...metadata, labels: own } }],
      apply: async () => void done.push('namespace'),
    }),
    helm: async () => ({
      version: async () => 'v3.19.0',
      install: async () => void done.push('install'),
    }),
    log: () => undefined,
    signal: new AbortController().signal,
  } as unknown as StepContext
}

test('a release that somebody else installed is not taken over', async () => {
  const done: string[] = []
  const ctx = cluster({}, done)
  expect(await addonInstall.check(args, ctx)).toBe(false)
  await expect(addonInstall.apply(args, ctx)).rejects.toMatchObject({
    code: 'helm.foreign-release',
    message: expect.stringContaining('logging/loki is there already'),
  })
  expect(done).toEqual([])
})

test('one of ours is upgraded', async () => {
  const done: string[] = []
  await addonInstall.apply(args, cluster({ 'drawbridge.addon': 'loki' }, done))
  expect(done).toEqual(['namespace', 'install'])
})
