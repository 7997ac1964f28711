import { expect, test } from 'vitest'
import { greeted, inputFrame, pingFrame, resizeFrame } from './term-frames'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (words: string) => new TextEncoder().encode(words)

test('what is typed is framed by its length in bytes', () => {
  expect(text(inputFrame('ls\r'))).toBe('0:3:ls\r')
  expect(text(inputFrame('\u00e4\u{1f600}'))).toBe('0:6:\u00e4\u{1f600}')
  expect(text(resizeFrame(80, 24))).toBe('1:80:24:')
  expect(text(resizeFrame(0, 1e9))).toBe('1:1:9999:')
  expect(text(pingFrame())).toBe('2')
})

test('the greeting may come in pieces, and with output behind it', () => {
  const first = greeted(new Uint8Array(), bytes('O'))
  if (first.state !== 'waiting') throw new Error(first.state)
  expect(greeted(first.held, bytes('Klogin: '))).toEqual({
    state: 'open',
    output: bytes('login: '),
  })
  expect(greeted(new Uint8Array(), bytes('OK'))).toEqual({ state: 'open', output: bytes('') })
  expect(greeted(new Uint8Array(), new Uint8Array()).state).toBe('waiting')
  expect(greeted(new Uint8Array(), bytes('permission denied')).state).toBe('refused')
  expect(greeted(bytes('O'), bytes('X')).state).toBe('refused')
})
