import { expect, test } from 'vitest'
import { readJson, SHAPE } from './read-body'

const JSON_TYPE = { 'content-type': 'application/json' }

const read = (body: BodyInit, headers: Record<string, string> = JSON_TYPE, limit = 1000) =>
  readJson(
    new Request('http://localhost/', {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit),
    limit,
  )

test('a body without end is read no further than the limit', async () => {
  let given = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 100
      controller.enqueue(new Uint8Array(100).fill(0x20))
    },
  })
  await expect(read(endless)).rejects.toMatchObject({ status: 413, code: 'input.too-large' })
  expect(given).toBeLessThan(2000)
})

test('a body that announces too much is not read at all', async () => {
  await expect(read('{}', { ...JSON_TYPE, 'content-length': '70000' })).rejects.toThrow(/at most/)
})

test('the limit is named as it is', async () => {
  await expect(read(' '.repeat(70_000), JSON_TYPE, 64 * 1024)).rejects.toThrow(/64 KiB/)
})

test.each([
  ['text/plain', 415],
  ['application/json-patch+json', 415],
  ['application/x-www-form-urlencoded', 415],
  ['', 415],
])('a body of type %j is refused', async (type, status) => {
  await expect(read('{}', { 'content-type': type })).rejects.toMatchObject({ status })
})

test('a body that nests too deep or has too many parts is refused, not walked', async () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const big = 10_000_000
  expect(await read(deep(SHAPE.depth), JSON_TYPE, big)).toBeDefined()
  await expect(read(deep(100_000), JSON_TYPE, big)).rejects.toMatchObject({
    code: 'input.too-complex',
  })
  const wide = JSON.stringify(Array.from({ length: SHAPE.entries + 1 }, () => 0))
  await expect(read(wide, JSON_TYPE, big)).rejects.toMatchObject({ code: 'input.too-complex' })
})

test('an empty body is none, whatever its type', async () => {
  expect(await read(' ', {})).toBe(undefined)
})
