import { expect, test } from 'vitest'
import { readDesignUrl, writeDesignUrl } from './use-design-url'

const read = (query: string) => readDesignUrl(new URLSearchParams(query))

test('what is at its default is not in the URL', () => {
  expect(writeDesignUrl(read(''))).toBe('')
})

test.each([
  '?view=table&kind=pools',
  '?lens=physical&text=1',
  '?item=vms%2Fk8s-worker-1',
  '?secrets=1',
  '?what-if=1&item=hosts%2Fpve1',
])('%s reads and writes as itself', (query) => expect(writeDesignUrl(read(query))).toBe(query))

test('what nobody knows falls back', () => {
  expect(read('?view=cube&lens=x&kind=y')).toMatchObject({
    view: 'canvas',
    lens: 'network',
    kind: 'vms',
  })
})
