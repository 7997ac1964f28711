import { expect, test } from 'vitest'
import { refuseGuessable, whyGuessable } from './password-policy'

test.each([
  ['qwerty123456', 'common'],
  ['QWERTY123456', 'common'],
  ['password1234', 'common'],
  ['12345password!', 'hung on'],
  ['dragon!!2024', 'hung on'],
  ['abababababab', 'repeats'],
  ['passpasspass', 'repeats'],
  ['aaaaaaaaaaaaa', 'repeats'],
  ['abcdefghijklmn', 'row'],
  ['123456789012345', 'row'],
  ['asdfghjklqwerty', 'row'],
  ['zyxwvutsrqponm', 'row'],
  ['alfred-alfred1', 'your name'],
  ['Alfred-2026!', 'your name'],
  ['drawbridge123', '"drawbridge"'],
  ['Homelab-2026', '"homelab"'],
])('%s would be guessed: %s', async (password, why) => {
  expect(await whyGuessable(password, 'alfred')).toContain(why)
})

test.each([
  'correct horse battery',
  'the-knight-is-dark-42',
  'a lighthouse in november',
  'alfred keeps the cave tidy',
  'password manager made this one up',
  'kX9#mP2$vL7@qR4!',
  '   spaces count too   ',
  'ein Süßwasserkrebs',
  '雨が降る日の長い散歩道です',
])('%s would not', async (password) => {
  expect(await whyGuessable(password, 'alfred')).toBeNull()
})

test('nothing but length and guessability is asked of it', async () => {
  await expect(refuseGuessable('nodigitsnocapitals', 'ada')).resolves.toBeUndefined()
  await expect(refuseGuessable('iloveyou1234', 'ada')).rejects.toMatchObject({
    ...{ status: 400, code: 'password.guessable' },
    detail: { issues: [{ path: ['password'] }] },
  })
})
