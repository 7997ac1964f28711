import { expect, test } from 'vitest'
import { CATALOGUE } from '@/lib/catalogue/catalogue'
import { endOf, kubernetesEnd } from './end-of-life'
import { newestKubernetesFor, SUPPORT, supportOf } from './support'

test('the table of versions is what the catalogue pins', () => {
  const pinned = CATALOGUE.map(({ id, pins }) => [
    id,
    pins.map(({ from, to, version, app }) => ({ from, to, version, app })),
  ])
  expect(SUPPORT).toEqual(Object.fromEntries(pinned))
})

test('the newest Kubernetes that all were made for', () => {
  expect(newestKubernetesFor(['calico'])).toBe('1.36')
  expect(newestKubernetesFor(['calico', 'ingress-nginx', 'unheard-of'])).toBe('1.35')
  expect(newestKubernetesFor([])).toBeNull()
  expect(supportOf('calico', '1.29.15')?.version).toBe('v3.29.7')
  expect(supportOf('calico', '1.28')).toBeNull()
  expect(supportOf('unheard-of', '1.28')).toBeUndefined()
})

test('a version older than every row ended before; one between rows, or newer, is not known to end', () => {
  expect(kubernetesEnd('1.19')).toBe('2023-07-28')
  expect(kubernetesEnd('1.29.15')).toBe('2025-02-28')
  expect(kubernetesEnd('1.99')).toBeNull()
  expect(endOf('argo-cd', 'v3.4.4')).toBeNull()
  expect(endOf('longhorn', '1.8.2')?.ends).toBe('2026-07-22')
  expect(endOf('ubuntu', '24.10')?.ends).toBe('2025-07-31')
  expect(endOf('longhorn', 'v1.6.x')?.ends).toBe('2025-08-05')
  expect(endOf('proxmox', '8.4')?.ends).toBe('2026-08-31')
  expect(endOf('calico', 'latest')).toBeNull()
})
