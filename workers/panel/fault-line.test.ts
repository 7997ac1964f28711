import { expect, test } from 'vitest'
import { ConfigError, parseConfig } from '@/lib/io/env'
import { faultLine } from './fault-line'

const config = parseConfig({ DRAWBRIDGE_DATA: '/data', PORT: '4880' })
const errno = (code: string, message = code) => Object.assign(new Error(message), { code })

test.each([
  ['a taken port', errno('EADDRINUSE'), /^127\.0\.0\.1:4880 is taken/],
  ['a foreign address', errno('EADDRNOTAVAIL'), /not an address of this machine/],
  ['a read-only folder', errno('EROFS'), /^\/data cannot be written/],
  ['a folder of somebody else', errno('EACCES', "mkdir '/data'"), /^\/data cannot be written/],
  ['a port that needs root', errno('EACCES', 'listen EACCES 127.0.0.1:80'), /privileges/],
  ['a file in the place of the folder', errno('ENOTDIR'), /not a folder/],
  ['a full disk', errno('ENOSPC'), /disk of \/data is full/],
  ['a full disk found by SQLite', new Error('database or disk is full'), /disk of \/data is full/],
  ['a faulty setting', new ConfigError(['PORT=x']), /PORT=x/],
])('%s is one line with what to do', (_, error, expected) => {
  const line = faultLine(error, config)
  expect(line).toMatch(expected)
  expect(line).not.toContain('\n')
  expect(line?.split(' - ').length).toBeGreaterThanOrEqual(2)
})

test('a bug keeps its stack', () => {
  expect(faultLine(new TypeError('x is not a function'), config)).toBeNull()
})
