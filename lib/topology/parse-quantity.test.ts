import { expect, test } from 'vitest'
import { formatQuantity, parseQuantity } from './parse-quantity'

test.each([
  ['16 GiB', 'MiB', 16_384],
  ['16384', 'MiB', 16_384],
  ['16g', 'MiB', 16_384],
  ['1.5T', 'GiB', 1536],
  ['1,5 TiB', 'GiB', 1536],
  ['500 GB', 'GiB', 465],
  ['2 TB', 'GiB', 1862],
  ['16_384', 'MiB', 16_384],
  ['512 MiB', 'GiB', null],
  ['1.5', 'GiB', null],
  ['-1', 'GiB', null],
  ['16 GiX', 'MiB', null],
  ['constructor', 'MiB', null],
  ['', 'MiB', null],
] as const)('%j in %s is %s', (text, unit, expected) => {
  expect(parseQuantity(text, unit)).toBe(expected)
})

test('what is shown is read back as it was', () => {
  for (const value of [1, 512, 1024, 1536, 1537, 16_384, 131_072, 2444]) {
    for (const unit of ['MiB', 'GiB'] as const) {
      expect(parseQuantity(formatQuantity(value, unit).replace(',', ''), unit), `${value}`).toBe(
        value,
      )
    }
  }
})
