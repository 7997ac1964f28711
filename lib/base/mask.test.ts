import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownSecrets, LineMasker, maskText } from './mask'

const knowing = (...values: string[]) => {
  const known = new KnownSecrets()
  for (const value of values) known.add(value)
  return known
}
const masked = (line: string, ...values: string[]) => new LineMasker(knowing(...values)).mask(line)

const PASSWORD = 'k/ä +x"9?zQ'
test.each([
  ['as it is', PASSWORD],
  ['URL-encoded', encodeURIComponent(PASSWORD)],
  ['form-encoded', encodeURIComponent(PASSWORD).replaceAll('%20', '+')],
  ['base64', Buffer.from(PASSWORD).toString('base64').replaceAll('=', '')],
  ['base64url', Buffer.from(PASSWORD).toString('base64url')],
  ['JSON', JSON.stringify(PASSWORD).slice(1, -1)],
])('a known value is masked %s', (_form, shown) => {
  expect(masked(`before ${shown} after`, PASSWORD)).not.toContain(shown)
  expect(masked(`before ${shown} after`, PASSWORD)).toMatch(/^before .*\[secret\].* after$/)
})

test('a known value is found inside a longer base64 blob at every alignment', () => {
  const value = 'correct horse battery'
  for (const head of ['', 'a', 'ab', 'abc']) {
    const blob = Buffer.from(`${head}${value}:tail`).toString('base64')
    expect(masked(`data: ${blob}`, value)).toContain('[secret]')
  }
})

test('property: no known value of eight or more letters survives anywhere in a line', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9]{8,20}$/)
  fc.assert(
    fc.property(word, fc.string(), fc.string(), (secret, before, after) => {
      expect(masked(before + secret + after, secret)).not.toContain(secret)
    }),
  )
})

test('each line of a longer value is masked, its public first line is not', () => {
  const known = knowing('first line of it\nsecond line of it\n')
  expect(maskText(known, 'x second line of it y')).toBe('x [secret] y')
})

test.each([
  'kubeadm join 10.2.0.5:6443 --token abcdef.0123456789abcdef',
  `--certificate-key ${'a1'.repeat(32)}`,
  `certificateKey: "${'a1'.repeat(32)}"`,
  'Authorization: PVEAPIToken=root@pam!ci=5c4e6b7a-0000-4000-8000-000000000000',
  'Cookie: PVEAuthCookie=PVE:root@pam:66A0::abcdefgh==',
  'Authorization: Bearer abcdefgh.ijklmnop',
  'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.abc_def',
  'password: hunter2',
  '{"token":"hunter2"}',
  'db_password=hunter2',
  'https://ci:hunter2@registry.lan/v2/',
  '    client-key-data: LS0tLS1CRUdJTg==',
  'AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SSNN3GD',
])('%j is masked by its form', (line) => {
  const out = masked(line)
  expect(out).toContain('[secret]')
  expect(out).not.toMatch(/hunter2|0123456789abcdef|(a1){32}|5c4e6b7a|eyJ|abcdefgh|LS0t|QQQSYQ/)
})

test.each([
  'sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
  'Pulling registry.k8s.io/pause:3.9',
  'node/k8s-worker-2 cordoned',
  'UPID:pve1:0000A3B1:0012D687:66A0C1F2:qmclone:9000:root@pam:',
  'https://10.2.0.5:6443/readyz',
])('%j is left alone', (line) => {
  expect(masked(line)).toBe(line)
})

test('a private key is masked over its lines, and what follows is shown again', () => {
  const text = [
    'reading -----BEGIN OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjEAAAAA',
    'AAAAB3NzaC1lZDI1NTE5',
    '-----END OPENSSH PRIVATE KEY----- done',
    'next line',
  ].join('\n')
  const out = maskText(knowing(), text)
  expect(out).not.toMatch(/b3Bl|AAAAB3/)
  expect(out.split('\n').at(-1)).toBe('next line')
  expect(out).toContain('done')
})

test('the certificate key on the line after its name is masked, a lone digest is not', () => {
  const digest = 'b2'.repeat(32)
  const text = `[upload-certs] Using certificate key:\n${digest}\n${digest}`
  expect(maskText(knowing(), text).split('\n').slice(1)).toEqual(['[secret]', digest])
})

test('the keys of a kubeconfig are masked, its ordinary words are not', () => {
  const known = new KnownSecrets()
  const key = 'LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0t'
  known.add(
    `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: https://api.lan:6443\nusers:\n- name: kubernetes-admin\n  user:\n    client-key-data: ${key}\n`,
  )
  expect(known.replaceIn(`The API of the cluster: https://api.lan:6443, ${key}`)).toBe(
    'The API of the cluster: https://api.lan:6443, [secret]',
  )
})
