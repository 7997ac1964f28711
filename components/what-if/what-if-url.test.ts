import { expect, test } from 'vitest'
import { readWhatIfUrl, whatIfQuery, writeWhatIfUrl } from './what-if-url'

const read = (query: string) => readWhatIfUrl(new URLSearchParams(query))

test.each([
  '',
  '?object=hosts%2Fpve1',
  '?object=hosts%2Fpve1&object=vms%2Fweb',
  '?question=maintenance&object=hosts%2Fpve1',
  '?question=more&object=vms%2Fweb&count=3',
])('%s reads and writes as itself', (query) => expect(writeWhatIfUrl(read(query))).toBe(query))

test('what nobody knows falls back, and nothing is named twice', () => {
  expect(read('?question=x&object=a&object=a&object=&count=1e9')).toEqual({
    question: 'dies',
    objects: ['a'],
    count: 1,
  })
})

test('a link from the canvas asks for one object', () => {
  expect(read(whatIfQuery('hosts/pve1/disks/nvme0')).objects).toEqual(['hosts/pve1/disks/nvme0'])
})
