import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { KubernetesError } from './errors'
import { parseKubeconfig, renameKubeconfig } from './kubeconfig'

/** As k3s writes it on its own machine. */
const OWN = stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'default',
      cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': btoa('CA') },
    },
  ],
  contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
  'current-context': 'default',
  users: [{ name: 'default', user: { 'client-key-data': btoa('KEY') } }],
})
const edge = { name: 'edge', server: 'https://api.edge.lan:6443' }

test('k3s’ own kubeconfig by the endpoint, under names that stay apart, is the same access', () => {
  const text = renameKubeconfig(OWN, edge)
  expect(parseKubeconfig(text)).toEqual({ ...parseKubeconfig(OWN), server: edge.server })
  expect(parse(text)).toMatchObject({
    'current-context': 'admin@edge',
    clusters: [{ name: 'edge' }],
    contexts: [{ name: 'admin@edge', context: { cluster: 'edge', user: 'admin@edge' } }],
    users: [{ name: 'admin@edge' }],
  })
  expect(text).not.toContain('default')
  expect(renameKubeconfig(text, edge)).toBe(text)
})

test('what is no kubeconfig is refused, and not quoted', () => {
  expect(() => renameKubeconfig('secret: hunter2', edge)).toThrow(KubernetesError)
  expect(() => renameKubeconfig('secret: hunter2', edge)).toThrow(/^(?!.*hunter2)/)
})
