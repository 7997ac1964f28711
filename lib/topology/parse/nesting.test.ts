import { expect, test } from 'vitest'
import { nestsDeeper } from '@/lib/base/yaml-nesting'
import { parseTopology } from '../parse'

const stairs = (mark: string, steps: number) =>
  Array.from(
    { length: steps },
    (_, n) => `${' '.repeat(n * 490 * mark.length)}${mark.repeat(490)}a:`,
  )
    .join('\n')
    .slice(0, 4_000_000)

const DEEP: [string, string][] = [
  ['pairs in pairs on one line, which is no YAML', 'a: '.repeat(1_300_000)],
  ['the same with tabs', 'a:\t'.repeat(1_300_000)],
  ['quoted pairs in pairs', '"a": '.repeat(800_000)],
  ['pairs in pairs after what looks like a bracket', `a: "\n [\n "\n${'a: x, '.repeat(600_000)}`],
  ['lists in lists on stairs of lines', stairs('- ', 60)],
  ['pairs in pairs on stairs of lines', stairs('a: ', 45)],
  ['keys that are keys', '? '.repeat(1_500_000)],
  ['indentation', Array.from({ length: 2800 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
  ['brackets', '['.repeat(3_000_000)],
]

// The process itself ended at the first of these.
test.each(DEEP)('%s is refused as too deep, and nothing ends', (_, text) => {
  const parsed = parseTopology(text)
  expect(parsed.ok).toBe(false)
  // The longest have too many marks already, and are not looked at for how deep they are.
  expect(parsed.ok || parsed.faults[0]?.code).toMatch(/^text\.too-(deep|many)$/)
})

test('a whole document on one line, as programs write JSON, is not deep', () => {
  const vms = Array.from({ length: 2000 }, (_, n) => `"v${n}": {"role": "plain"}`).join(', ')
  expect(nestsDeeper(`{"drawbridge": 1, "vms": {${vms}}}`, 500)).toBe(false)
})

test('lines one after the other are not deep, whatever is in them', () => {
  const lines = 'vms:\n  web: {note: "a: b: c: d"}\n  db:\n  - x: 1\n  - - y: 2\n'
  expect(nestsDeeper(lines.repeat(5000), 10)).toBe(false)
})

test.each(['&a ', '!a '])(
  'a text of nothing but %j is refused before it fills the memory',
  (mark) => {
    const parsed = parseTopology(mark.repeat(1_300_000))
    expect(parsed.ok || parsed.faults.map(({ code }) => code)).toEqual(['text.too-many'])
  },
)
