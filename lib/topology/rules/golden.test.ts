import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemLines } from '../testing/problem-lines'
import { readTopology, seedText } from '../testing/read-seed'
import { validate } from '../validate'

const FOLDER = new URL('../blueprints/', import.meta.url)

/** Every document that a file of blueprints exports, by the file's name. */
async function blueprints(): Promise<[name: string, text: string][]> {
  const files = readdirSync(FOLDER).filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
  const found = await Promise.all(
    files.map(async (file): Promise<[string, string][]> => {
      const exported = (await import(`../blueprints/${file}`)) as Record<string, unknown>
      return Object.values(exported).flatMap((value): [string, string][] =>
        typeof value === 'string' && value.includes('drawbridge: 1')
          ? [[file.replace(/\.ts$/, ''), value]]
          : [],
      )
    }),
  )
  return found.flat()
}

test('the seed, transcribed and nothing filled in, has exactly these problems', async () => {
  const found = validate(readTopology(seedText()))
  await expect(problemLines(found)).toMatchFileSnapshot('../testing/problems/seed.txt')
  const overcommitted = found.find(({ code }) => code === 'storage.overcommitted')
  expect(overcommitted?.message).toContain(
    '1,862 GiB of disk and 2,444 GiB are promised, 1.31 times',
  )
})

test.each(await blueprints())(
  'the blueprint %s has these problems, and none blocks',
  async (name, text) => {
    const found = validate(readTopology(text))
    await expect(problemLines(found)).toMatchFileSnapshot(`../testing/problems/${name}.txt`)
    // A cluster of k3s is drawn ahead of the version that brings it up, and says so.
    const blockers = found.filter(({ severity }) => severity === 'blocker')
    expect(blockers.filter(({ code }) => code !== 'cluster.k3s-not-deployed')).toEqual([])
  },
)
