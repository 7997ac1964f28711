import { expect, test } from 'vitest'
import { applyChanges } from '../apply'
import type { Json } from '../change'
import { set } from '../testing/fault'
import { small } from '../testing/small'
import { validate } from '../validate'

const VALUES = 'clusters.k8s.addOns.longhorn.values'
const found = (values: Json) =>
  validate(applyChanges(small(), [set(VALUES, values)])).filter(
    ({ code }) => code === 'secret.inline',
  )

test.each<[string, Json]>([
  ['a reference', { adminPassword: { $secret: 'x' } }],
  ['the name of a Secret', { existingSecret: 'grafana', passwordSecretName: 'y', tokenRef: 'z' }],
  [
    'a path, a provider, a duration',
    { tokenPath: '/run/token', tokenTtl: '1h', secretProvider: 'a' },
  ],
  ['nothing', { password: '', token: null }],
  ['a switch', { createSecret: true, secret: false }],
  ['what a template fills in', { password: '{{ .Values.x }}', token: '$' + '{TOKEN}' }],
  [
    'a digest',
    { image: 'sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0' },
  ],
  ['a long name', { host: 'a-Very-Long-Service-Name-In-A-Namespace-1' }],
  ['an address', { url: 'https://user@example.lan:9000/path' }],
  ['a public key', { key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1 ada' }],
  ['a certificate', { ca: '-----BEGIN CERTIFICATE-----\nMIIB' }],
  ['a uuid', { id: '5C4e6b7a-0123-4567-89ab-cdef01234567' }],
])('%s is no secret', (_name, values) => {
  expect(found(values)).toEqual([])
})

test.each<[string, Json]>([
  ['a password', { adminPassword: 'x' }],
  ['a number as a password', { password: 1234 }],
  ['one deep inside', { a: { b: { apiKey: 'x' } } }],
  ['a private key by any name', { file: '-----BEGIN PRIVATE KEY-----\nMIIB' }],
  ['a JWT by any name', { x: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.abc' }],
  ['an AWS key', { id: 'AKIAIOSFODNN7EXAMPLE' }],
  ['a hash of a password', { hash: '$2y$10$abcdefghijklmnopqrstuv' }],
  ['a password in an address', { url: 'redis://:hunter2@cache:6379' }],
  ['chance', { salt: 'q8Zr1Vt0Xy7LmN4pB2cD9eFgHjKsWuA3' }],
])('%s is one, and the fix is a reference that is none', (_name, values) => {
  const [problem, ...more] = found(values)
  expect(more).toEqual([])
  expect(problem?.message).toMatch(/!secret longhorn-[a-z0-9-]+/)
  const changes = problem?.fix?.changes ?? []
  const fixed = applyChanges(applyChanges(small(), [set(VALUES, values)]), [...changes])
  expect(validate(fixed).filter(({ code }) => code === 'secret.inline')).toEqual([])
  expect(JSON.stringify(fixed)).toContain('$secret')
})

test('two secrets of one name get two names', () => {
  const labels = found({ a: { password: 'x' }, b: { password: 'y' } }).map(({ fix }) => fix?.label)
  expect(labels).toEqual(['Write !secret longhorn-password', 'Write !secret longhorn-password-2'])
})
