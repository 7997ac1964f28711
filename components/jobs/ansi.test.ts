import { expect, test } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi'

const ESC = '\u001b'

test('colours become the classes of the theme', () => {
  expect(parseAnsi(`${ESC}[1;31mfailed${ESC}[0m: etcd`)).toEqual([
    { text: 'failed', className: 'text-fail font-semibold' },
    { text: ': etcd', className: '' },
  ])
})

test('markup stays text', () => {
  const text = '<img src=x onerror=alert(1)> & <script>'
  expect(parseAnsi(text)).toEqual([{ text, className: '' }])
})

test.each([
  ['cursor movement', `a${ESC}[2K${ESC}[1Gb`, 'ab'],
  ['a window title', `${ESC}]0;title\u0007ok`, 'ok'],
  ['a hyperlink', `${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
  ['a carriage return and a bell', 'a\rb\u0007', 'ab'],
  ['an unfinished sequence', `ok${ESC}`, 'ok'],
  ['256 and true colours', `${ESC}[38;5;196mx${ESC}[38;2;1;2;3my`, 'xy'],
  ['a tab', 'a\tb', 'a\tb'],
  ['a hyperlink to a script', `${ESC}]8;;javascript:alert(1)\u0007link${ESC}]8;;\u0007`, 'link'],
  ['a control of eight bits', 'a\u009b31mb\u009d0;title\u009c', 'a31mb0;title'],
  ['a turn of the direction', 'rm \u202egpj.exe\u2066x', 'rm gpj.exex'],
])('%s leaves only the text', (_, text, plain) => {
  expect(stripAnsi(text)).toBe(plain)
  expect(
    parseAnsi(text)
      .map((span) => span.text)
      .join(''),
  ).toBe(plain)
})

test('after a palette colour the next parameter is not taken for a style', () => {
  expect(parseAnsi(`${ESC}[38;5;1mx`)).toEqual([{ text: 'x', className: '' }])
  expect(parseAnsi(`${ESC}[38;5;9;4mx`)).toEqual([{ text: 'x', className: 'underline' }])
})
