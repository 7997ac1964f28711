import { expect, test } from 'vitest'
import { BLUEPRINT_TEXTS } from '../blueprints/texts'
import { problemLines } from '../testing/problem-lines'
import { readTopology, seedText } from '../testing/read-seed'
import { validate } from '../validate'

test('the seed, transcribed and nothing filled in, has exactly these problems', async () => {
  const found = validate(readTopology(seedText()))
  await expect(problemLines(found)).toMatchFileSnapshot('../testing/problems/seed.txt')
  const overcommitted = found.find(({ code }) => code === 'storage.overcommitted')
  expect(overcommitted?.message).toContain(
    '1,862 GiB of disk and 2,444 GiB are promised, 1.31 times',
  )
})

test.each(Object.entries(BLUEPRINT_TEXTS))(
  'the blueprint %s has these problems, and none blocks',
  async (name, text) => {
    const found = validate(readTopology(text))
    await expect(problemLines(found)).toMatchFileSnapshot(`../testing/problems/${name}.txt`)
    expect(found.filter(({ severity }) => severity === 'blocker')).toEqual([])
  },
)
