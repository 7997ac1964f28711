import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote } from '@/lib/ssh/shell'
import { parseCommandLine, ShellSyntaxError } from './parse'

const words = (text: string) =>
  parseCommandLine(text).map(({ pipeline }) => pipeline.map((command) => command.words))

test.each([
  ['echo a b', [[['echo', 'a', 'b']]]],
  ['echo \'a b\' "c d"', [[['echo', 'a b', 'c d']]]],
  ['echo "say \\"hi\\" \\$x"', [[['echo', 'say "hi" $x']]]],
  ["echo a'b'c", [[['echo', 'abc']]]],
  ["echo ''", [[['echo', '']]]],
  ['a && b || c; d', [[['a']], [['b']], [['c']], [['d']]]],
  ['a | b', [[['a'], ['b']]]],
  ['a # comment\nb', [[['a']], [['b']]]],
  ['a \\\n b', [[['a', 'b']]]],
])('%s', (text, expected) => {
  expect(words(text)).toEqual(expected)
})

test('redirections and assignments belong to their command', () => {
  expect(parseCommandLine('A=1 cmd x > /tmp/out 2>> /tmp/err 2>&1 < /in')).toEqual([
    {
      op: ';',
      pipeline: [
        {
          words: ['cmd', 'x'],
          assignments: { A: '1' },
          redirects: [
            { fd: 1, to: '/tmp/out', append: false },
            { fd: 2, to: '/tmp/err', append: true },
            { fd: 2, to: '&1' },
            { fd: 0, to: '/in' },
          ],
        },
      ],
    },
  ])
})

test.each(["echo 'open", 'echo "open', '| a', 'a && && b', 'a >'])(
  '%s is refused as bash refuses it',
  (text) => {
    expect(() => parseCommandLine(text)).toThrow(ShellSyntaxError)
  },
)

test('whatever the panel quotes comes out as that one word, as it does in a real shell', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0')),
      (word) => {
        expect(words(`x ${quote(word)}`)).toEqual([[['x', word]]])
      },
    ),
    { seed: 11 },
  )
  const tricky = `it's "$x" \`y\` \\ ; && | > # é`
  expect(execFileSync('sh', ['-c', `printf %s ${quote(tricky)}`], { encoding: 'utf8' })).toBe(
    words(`x ${quote(tricky)}`)[0]?.[0]?.[1],
  )
})
