import { expect, test } from 'vitest'
import { parseForeignYaml, UnreadableYaml } from './foreign-yaml'

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'])
  BOMB.push(`${to}: &${to} [${`*${from}, `.repeat(9)}*${from}]`)

// V8 ended the process at the first two.
test.each([
  ['pairs in pairs on one line', 'a: '.repeat(300_000)],
  ['lists in lists', '['.repeat(1_000_000)],
  ['a text of more than a MiB', `a: ${'x'.repeat(1024 * 1024)}`],
  ['aliases of aliases', BOMB.join('\n')],
  ['an alias of nothing', 'a: *b'],
  ['what is no YAML', '{a: ['],
])('%s is refused in words that quote nothing', (_, text) => {
  expect(() => parseForeignYaml(text)).toThrow(UnreadableYaml)
  expect(() => parseForeignYaml(text)).toThrow(/^It .{5,40}\.$/)
})

test('sixty thousand keys on one line are read at once', () => {
  const keys = Array.from({ length: 60_000 }, (_, n) => `k${n}: 1`).join(', ')
  const before = process.cpuUsage()
  expect(Object.keys(parseForeignYaml(`{${keys}}`) as object)).toHaveLength(60_000)
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5)
})

test('what a cluster writes is read as it is', () => {
  expect(parseForeignYaml('a: {b: [1, "2"]}\nc: |\n  x\n')).toEqual({
    a: { b: [1, '2'] },
    c: 'x\n',
  })
})
