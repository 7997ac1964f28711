import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** OWASP ASVS 5.0.0 (file of commit 5cf9b03): 70 requirements of level 1 and 183 of level 2. */
const REQUIREMENTS = 253
/** How many of them each chapter has. */
const BY_CHAPTER = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]

const page = readFileSync('docs/security-asvs.md', 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, number = '', short = '', how = '', rest] = line.split(/(?<!\\)\|/).map((c) => c.trim())
    return { number, short, how, rest }
  })
const rank = (number: string) =>
  number.split('.').reduce((sum, part) => sum * 100 + Number(part), 0)

test('each requirement of levels 1 and 2 has one row, in order', () => {
  const numbers = rows.map(({ number }) => number)
  expect(numbers.filter((number) => !/^\d+\.\d+\.\d+$/.test(number))).toEqual([])
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => rank(a) - rank(b)))
  const chapters = BY_CHAPTER.map(
    (_, at) => numbers.filter((number) => number.startsWith(`${at + 1}.`)).length,
  )
  expect(chapters).toEqual(BY_CHAPTER)
  expect(numbers).toHaveLength(REQUIREMENTS)
})

test('each row says in a few words what, and how', () => {
  for (const { number, short, how, rest } of rows) {
    expect(short.split(/\s+/).length, `${number}: ${short}`).toBeLessThanOrEqual(10)
    expect(how, number).toMatch(/^(met by|tested by|does not apply:|not met:) ?\S/)
    if (/^(met|tested) by/.test(how)) expect(how, number).toMatch(/`[^`]+`/)
    expect(rest, `${number} has three columns`).toBe('')
  }
})

test('what is counted at the top is what the rows say', () => {
  const count = (start: RegExp) => rows.filter(({ how }) => start.test(how)).length
  const [met, not, foreign] = [count(/^(met|tested) by/), count(/^not met/), count(/^does not/)]
  expect(page).toContain(`${met} are met, ${not} are not or not wholly, ${foreign} do not apply.`)
})

test('every file that it and the pages beside it name is there', () => {
  const missing = ['docs/security-asvs.md', 'docs/decisions/security.md', 'SECURITY.md'].flatMap(
    (file) =>
      [...readFileSync(file, 'utf8').matchAll(/`([\w./[\]()-]+\.(?:tsx?|mjs|cjs|md|prisma))`/g)]
        .map(([, named = '']) => named)
        .filter((named) => !existsSync(named))
        .map((named) => `${file}: ${named}`),
  )
  expect(missing).toEqual([])
})
