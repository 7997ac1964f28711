import { expect, test } from 'vitest'
import type { K8sCode } from '../kubernetes/k8s-error'
import { knownFault, messageOf } from './k3s-error'

const at = 'time="2026-11-24T12:00:00Z" '

test.each<[line: string, code: K8sCode, words: RegExp]>([
  [
    'level=error msg="token CA hash does not match the Cluster CA certificate hash: a != b"',
    'k8s.join-failed',
    /another authority/,
  ],
  [
    'level=info msg="Waiting to retrieve agent configuration; server is not ready: https://127.0.0.1:6444/v1-k3s/config: 401 Unauthorized"',
    'k8s.join-failed',
    /refused its token/,
  ],
  [
    'level=info msg="Waiting to retrieve agent configuration; server is not ready: Node password rejected, duplicate hostname"',
    'k8s.join-failed',
    /remembers another machine/,
  ],
  [
    'level=fatal msg="starting kubernetes: preparing server: listen tcp :6443: bind: address already in use"',
    'k8s.preflight',
    /holds a port/,
  ],
  [
    'level=fatal msg="starting kubernetes: preparing server: bootstrap data already found and encrypted with different token"',
    'k8s.preflight',
    /begun with another token/,
  ],
  [
    'level=fatal msg="yaml: line 3: mapping values are not allowed"',
    'k8s.preflight',
    /config\.yaml/,
  ],
])('what k3s means by %s', (line, code, words) => {
  const fault = knownFault('a1 did not join edge', at + line)
  expect(fault).toMatchObject({ code, message: expect.stringMatching(words) })
  expect(fault?.message).toMatch(/^a1 did not join edge\. .* k3s said: /)
})

test.each([
  'level=fatal msg="starting kubernetes: preparing server: failed to get CA certs: dial tcp 10.2.0.5:6443: connect: connection refused"',
  'level=info msg="Starting k3s v1.36.1+k3s1 (5a1c3d97)"',
  'I1124 12:00:00.000000 1 server.go:1] "Version info"',
])('what may pass by itself is waited for: %s', (line) => {
  expect(knownFault('x', at + line)).toBeNull()
})

test('the message of a line is without its time, and with its quotes', () => {
  expect(messageOf(`${at}level=error msg="Get \\"https://api:6443/cacerts\\": EOF"`)).toBe(
    'Get "https://api:6443/cacerts": EOF',
  )
  expect(messageOf('plain words')).toBe('plain words')
})
