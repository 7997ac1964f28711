import { expect, test } from 'vitest'
import { k3sRelease, kubernetesOf } from './k3s-release'

test.each([
  ['1.36', 'v1.36.1+k3s1'],
  ['1.36.0', 'v1.36.0+k3s1'],
  ['1.30', 'v1.30.14+k3s2'],
  ['1.30.14', 'v1.30.14+k3s2'],
  // Nothing is known of it: its first.
  ['1.41', 'v1.41.0+k3s1'],
])('Kubernetes %s of a document is k3s %s', (kubernetes, release) => {
  expect(k3sRelease(kubernetes)).toBe(release)
  expect(kubernetesOf(release).startsWith(kubernetes)).toBe(true)
})
