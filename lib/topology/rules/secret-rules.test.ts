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
  ['the name of a pull Secret', { imagePullSecret: 'regcred', tls: { secret: 'my-tls' } }],
  ['the key in a Secret', { passwordSecretKey: 'admin-password' }],
  ['a file that holds it', { password: '/run/secrets/admin' }],
  ['an address that a variable completes', { url: 'postgres://app:$(DB_PASSWORD)@db/app' }],
  [
    'a variable from a Secret',
    { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } }] },
  ],
  ['a placeholder', { env: [{ name: 'TOKEN', value: '$(TOKEN)' }], args: ['--token=$(TOKEN)'] }],
  ['a certificate in base64', { ca: btoa(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(60)}`) }],
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
  ['one that begins like a reference', { refreshToken: 'x', namedPassword: 'x' }],
  ['a secret key of S3', { secretKey: 'minio123' }],
  ['a variable of a list', { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
  ['a user of a list', { users: [{ name: 'bob', password: 'hunter2' }] }],
  ['an argument', { extraArgs: ['--log-level=info', '--password=hunter2'] }],
  ['a private key in base64', { file: btoa(`-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(60)}`) }],
  ['a token in an address', { url: 'https://example.lan/hook?access_token=abcdefgh1234' }],
  ['a token as the user of an address', { repo: `https://ghp_${'a1'.repeat(18)}@github.com/me/x` }],
  ['a webhook', { to: `https://hooks.slack.com/services/T0/B0/${'a1'.repeat(12)}` }],
  ['a short address with a password', { url: 'redis://:pw@r:1' }],
  ['a header', { header: `Authorization: Bearer glpat-${'a1'.repeat(10)}` }],
  [
    "Velero's file of credentials",
    {
      credentials: {
        secretContents: {
          cloud: '[default]\naws_access_key_id=minio\naws_secret_access_key=minio123\n',
        },
      },
    },
  ],
  ['chance', { salt: 'q8Zr1Vt0Xy7LmN4pB2cD9eFgHjKsWuA3' }],
])('%s is one, and the fix is a reference that is none', (name, values) => {
  const problems = found(values)
  expect(problems).toHaveLength(name === 'one that begins like a reference' ? 2 : 1)
  expect(problems[0]?.message).toMatch(/!secret longhorn-[a-z0-9-]+/)
  const changes = problems.flatMap(({ fix }) => fix?.changes ?? [])
  const fixed = applyChanges(applyChanges(small(), [set(VALUES, values)]), changes)
  expect(validate(fixed).filter(({ code }) => code === 'secret.inline')).toEqual([])
  expect(JSON.stringify(fixed)).toContain('$secret')
})

test('two secrets of one name get two names', () => {
  const labels = found({ a: { password: 'x' }, b: { password: 'y' } }).map(({ fix }) => fix?.label)
  expect(labels).toEqual(['Write !secret longhorn-password', 'Write !secret longhorn-password-2'])
})

test('the secrets of a list are told once, and each gets a reference of its own', () => {
  const env = [
    { name: 'DB_PASSWORD', value: 'a' },
    { name: 'LEVEL', value: 'info' },
    { name: 'API_TOKEN', value: 'b' },
  ]
  const [problem, ...more] = found({ env })
  expect(more).toEqual([])
  expect(problem?.fix?.changes[0]?.to).toEqual([
    { name: 'DB_PASSWORD', value: { $secret: 'longhorn-db-password' } },
    { name: 'LEVEL', value: 'info' },
    { name: 'API_TOKEN', value: { $secret: 'longhorn-api-token' } },
  ])
})

const CLUSTER = 'clusters.k8s'
const codesAfter = (path: string, value: Json) =>
  validate(applyChanges(small(), [set(path, value)])).flatMap(({ code, path: at }) =>
    code === 'secret.inline' ? [at.join('.')] : [],
  )

test("a chart of one's own is read like an add-on", () => {
  const chart = {
    ...{ repository: 'https://example.org', chart: 'app', version: '1', namespace: 'app' },
    values: { auth: { rootPassword: 'hunter2' } },
  }
  expect(codesAfter(`${CLUSTER}.charts.app`, chart)).toEqual([
    'clusters.k8s.charts.app.values.auth.rootPassword',
  ])
})

test.each<[string, string, number]>([
  ['data in base64', 'apiVersion: v1\nkind: Secret\ndata:\n  password: aHVudGVyMg==\n', 1],
  ['plain text', 'kind: Secret\nstringData:\n  "a.b": x\n---\nkind: ConfigMap\n', 1],
  ['one that SOPS sealed', 'kind: Secret\ndata:\n  password: ENC[AES256_GCM,data:x]\n', 0],
  ['one without data', 'kind: Secret\ntype: Opaque\n', 0],
  ['a sealed one', 'kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBy3i4\n', 0],
  ['another object with data', 'kind: ConfigMap\ndata:\n  mode: fast\n', 0],
])('a manifest with a Secret of %s', (_name, text, told) => {
  expect(codesAfter(`${CLUSTER}.manifests.x`, { text })).toHaveLength(told)
})
