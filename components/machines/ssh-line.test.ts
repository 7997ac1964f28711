import { expect, test } from 'vitest'
import { sshLine } from './ssh-line'

const LOGIN = { user: 'drawbridge', address: '10.2.0.11' }

test.each([
  [null, 'ssh drawbridge@10.2.0.11'],
  [{ kind: 'direct' as const }, 'ssh drawbridge@10.2.0.11'],
  [
    { kind: 'socks5' as const, host: '127.0.0.1', port: 18007 },
    "ssh -o ProxyCommand='nc -X 5 -x 127.0.0.1:18007 %h %p' drawbridge@10.2.0.11",
  ],
  [
    { kind: 'ssh-jump' as const, host: 'gate.lan', port: 22, user: 'ada' },
    'ssh -J ada@gate.lan:22 drawbridge@10.2.0.11',
  ],
])('%o', (dialer, line) => {
  expect(sshLine(LOGIN, dialer)).toBe(line)
})
