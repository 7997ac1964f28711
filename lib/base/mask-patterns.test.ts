import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { KnownSecrets, LineMasker, maskText } from './mask'

const mask = (line: string) => new LineMasker(new KnownSecrets()).mask(line)
const UUID = '5c4e6b7a-0123-4567-89ab-cdef01234567'

test('real lines of kubeadm, helm, apt, Proxmox and Kubernetes are left as they are', () => {
  const text = readFileSync(new URL('./golden/ordinary-lines.txt', import.meta.url), 'utf8')
  const lines = text.trimEnd().split('\n')
  const changed = lines.map((line) => [line, mask(line)]).filter(([line, out]) => line !== out)
  expect(changed).toEqual([])
  expect(maskText(new KnownSecrets(), text)).toBe(text)
})

test.each([
  ['kubeadm join 10.2.0.5:6443 --token abcdef.0123456789abcdef', '0123456789abcdef'],
  ['[bootstrap-token] Using token: abcdef.0123456789abcdef', '0123456789abcdef'],
  ['password: correct horse battery', 'battery'],
  ['  adminPassword: "two words"', 'words'],
  [`db_password='it is here'`, 'here'],
  ['{"password":"with \\" quote","x":1}', 'quote'],
  ['body: "{\\"token\\":\\"in-json-4711\\"}"', '4711'],
  ['--from-literal=key=hunter2', 'hunter2'],
  ["--from-literal='a.b=hunter2 and more'", 'hunter2'],
  ['> Authorization: Negotiate YIIabcdef4711', '4711'],
  ['authorization=Bearer abcdefgh4711', '4711'],
  ['"Authorization": "Digest username=x, response=4711"', '4711'],
  ['Set-Cookie: better-auth.session_token=abc.4711; HttpOnly', '4711'],
  [`drawbridge@pve!panel=${UUID}`, '89ab'],
  [`drawbridge@pve!panel: ${UUID}`, '89ab'],
  ['age-secret-key-1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0ssnn3gd', 'qqqsy'],
  ['dbt_3fK9abcdefghijklmnopqrstuvwxyz0123456789ABC', 'abcdefgh'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefgh'],
  ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN'],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalr'],
  ['PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=', 'yAnz5'],
  ['PresharedKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=', 'yAnz5'],
  ['passwd: $6$rounds=4096$saltsalt$abcdefghijklmnop', 'abcdefgh'],
  ['root:$y$j9T$abcdefghijk$lmnopqrstuvwxyz0123:19000', 'lmnopq'],
  ['client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=', 'UFJJ'],
  ['x LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1I', 'QUklWQVR'],
  ['https://ci:p@ss@registry.lan/v2/', 'ss@'],
  ['redis://:hunter2@cache:6379', 'hunter2'],
  ['https://glpatabcdefghij0123456789@git.lan/x.git', 'abcdefghij'],
])('%j is masked', (line, hidden) => {
  expect(mask(line)).toContain('[secret]')
  expect(mask(line)).not.toContain(hidden)
})

test('a certificate and a public key in base64 are shown: they are public', () => {
  for (const pem of ['-----BEGIN CERTIFICATE-----\nMIIB', '-----BEGIN PUBLIC KEY-----\nMIIB']) {
    const line = `certificate-authority-data: ${Buffer.from(pem.repeat(3)).toString('base64')}`
    expect(mask(line)).toBe(line)
  }
})

test('what was masked is masked again to the same', () => {
  const line = 'password: hunter2 Authorization: Bearer abcdefgh4711 token="x y"'
  expect(mask(mask(line))).toBe(mask(line))
})
