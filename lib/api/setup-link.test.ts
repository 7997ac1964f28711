import { expect, test } from 'vitest'
import { pages } from './paths'
import { setupTokenIn } from './setup-link'

const HERE = 'http://panel.lan:4880'

test('the token of the first account is in no part of the link that is sent to a server', () => {
  const { pathname, search, hash } = new URL(HERE + pages.setup('s3cret'))
  expect([pathname, search, hash]).toEqual(['/setup', '', '#s3cret'])
})

test.each(['abc_-9', 'a/b+c%d'])('the token %j comes out of the link as it went in', (token) => {
  expect(setupTokenIn(HERE + pages.setup(token))).toBe(token)
})

test('a link that was printed before still works, one without a token says so', () => {
  expect(setupTokenIn(`${HERE}/setup?token=abc`)).toBe('abc')
  expect(setupTokenIn(`${HERE}/setup`)).toBe('')
})
