import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogStore, type NewLine } from './log-store'
import { tempDataDir } from './testing/temp-db'

const line = (text: string, stepId: string | null = 's'): NewLine => ({
  ...{ at: 5, stepId, level: 'info', text },
})
const many = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => line(`line ${from + i}`))

test('numbers go on from 1 over batches, jobs and reopening', async () => {
  const dir = await tempDataDir()
  const first = LogStore.open(dir)
  expect(first.append('a', [line('x'), line('y')]).map((l) => l.n)).toEqual([1, 2])
  expect(first.append('b', [line('z')]).map((l) => l.n)).toEqual([1])
  first.close()
  const second = LogStore.open(dir)
  expect(second.append('a', [line('w')])[0]?.n).toBe(3)
  expect(second.read('a', 0, 10).map((l) => l.text)).toEqual(['x', 'y', 'w'])
  second.close()
})

test('packed or not, a reader sees the same lines, and another process sees them too', async () => {
  const dir = await tempDataDir()
  const store = LogStore.open(dir)
  for (let i = 0; i < 10; i++) store.append('a', many(130, i * 130 + 1))
  const reader = LogStore.open(dir)
  const all = reader.read('a', 0, 5000)
  expect(all).toHaveLength(1300)
  expect(all.map((l) => l.n)).toEqual(all.map((_, i) => i + 1))
  expect(all[700]).toEqual({ n: 701, at: 5, stepId: 's', level: 'info', text: 'line 701' })
  store.seal('a')
  expect(reader.read('a', 0, 5000)).toEqual(all)
  expect(reader.read('a', 300, 7)).toEqual(all.slice(300, 307))
  expect(reader.read('a', 1295, 100)).toEqual(all.slice(1295))
  expect(reader.last('a')).toBe(1300)
  store.append('a', many(3, 1301))
  expect(reader.read('a', 1299, 10).map((l) => l.n)).toEqual([1300, 1301, 1302, 1303])
  store.close()
  reader.close()
})

test('a newline never reaches the store and a monstrous line is cut', async () => {
  const store = LogStore.open(await tempDataDir())
  store.append('a', [line('one\r\ntwo\nthree'), line('x'.repeat(20_000))])
  const [flat, cut] = store.read('a', 0, 2)
  expect(flat?.text).toBe('one two three')
  expect(cut?.text.length).toBeLessThan(8300)
  expect(cut?.text).toMatch(/\(cut\)$/)
  store.close()
})

test('the oldest logs go first when the file is to be smaller', async () => {
  const store = LogStore.open(await tempDataDir())
  store.append('old', [{ ...line('x'.repeat(1000)), at: 1 }])
  store.append('new', [{ ...line('y'.repeat(1000)), at: 2 }])
  expect(store.retain(1500)).toEqual(['old'])
  expect(store.read('old', 0, 9)).toEqual([])
  expect(store.read('new', 0, 9)).toHaveLength(1)
  store.close()
})

test('property: any batches, any page sizes, the same lines once each', async () => {
  const store = LogStore.open(await tempDataDir())
  let job = 0
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 700 }),
      fc.boolean(),
      (batches, page, seal) => {
        const id = `job${job++}`
        let written = 0
        for (const size of batches) {
          store.append(id, many(size, written + 1))
          written += size
        }
        if (seal) store.seal(id)
        const read: string[] = []
        for (let after = 0; after < written; ) {
          const lines = store.read(id, after, page)
          expect(lines.length).toBeGreaterThan(0)
          read.push(...lines.map((l) => `${l.n} ${l.text}`))
          after = lines.at(-1)?.n ?? written
        }
        expect(read).toEqual(Array.from({ length: written }, (_, i) => `${i + 1} line ${i + 1}`))
      },
    ),
    { numRuns: 25 },
  )
  store.close()
})
