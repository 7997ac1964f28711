import { expect, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { CallLimit, MOST_CALLS } from './call-limit'

const MINUTE_MS = 60_000

test('a caller gets so many calls a minute, and no other pays for it', () => {
  const calls = new CallLimit(3)
  const ask = (id: string, now: number) => () => calls.refuseTooMany(id, now)
  for (let n = 0; n < 3; n++) expect(ask('a', 1000 + n)).not.toThrow()
  expect(ask('a', 2000)).toThrow(/3 times in a minute - wait 59 s/)
  expect(ask('b', 2000)).not.toThrow()
  expect(ask('a', 1000 + MINUTE_MS)).not.toThrow()
})

test('what is over is forgotten', () => {
  const calls = new CallLimit(1)
  for (let n = 0; n < 3000; n++) calls.refuseTooMany(`caller ${n}`, n)
  expect(() => calls.refuseTooMany('caller 2999', 3000)).toThrow()
  for (let n = 0; n < 1000; n++) calls.refuseTooMany(`later ${n}`, MINUTE_MS + 3000 + n)
  expect(() => calls.refuseTooMany('caller 2999', MINUTE_MS + 3000)).not.toThrow()
})

test('the endpoints count who asks, whoever is nobody is not counted', async () => {
  const { panel, signedIn } = await tempPanel()
  const cookie = await signedIn('viewer')
  const ask = (headers: Headers) => panel.findCaller(headers, 1000)
  for (let n = 0; n < MOST_CALLS; n++) await ask(new Headers({ cookie }))
  await expect(ask(new Headers({ cookie }))).rejects.toMatchObject({ code: 'request.too-many' })
  expect(await ask(new Headers())).toBeNull()
  const other = await signedIn('editor')
  expect(await ask(new Headers({ cookie: other }))).not.toBeNull()
})
