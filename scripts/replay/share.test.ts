import { expect, test } from 'vitest'
import { differences, shapeDifferences, shapeOf } from './compare'
import { OUT_OF_SCOPE, whyOutOfScope } from './out-of-scope'
import type { Sample } from './recording'
import { judge, shareOf } from './share'

const sample = (name: string, status: number, body: unknown = null): Sample => ({
  ...{ name, status, reason: status === 200 ? 'OK' : 'no', secs: 0 },
  request: { method: 'GET', path: '/api2/json/version', body: null },
  body: body === null ? null : JSON.stringify(body),
})
const answer = (status: number, body: unknown = null) => ({
  ...{ status, reason: status === 200 ? 'OK' : 'no', delayMs: 0 },
  body: body === null ? null : JSON.stringify(body),
})
const differs = (theirs: unknown, ours: unknown): string[] =>
  shapeDifferences([shapeOf(theirs)], [shapeOf(ours)], '')

test('values may differ, types, keys and nulls may not', () => {
  expect(differs({ a: 1, b: 'x' }, { a: 2, b: 'y' })).toEqual([])
  expect(differs({ a: 1 }, { a: '1' })).toEqual(['.a: number, here string'])
  expect(differs({ a: null }, { a: 'x' })).toEqual(['.a: null, here string'])
  expect(differs({ a: 1 }, {})).toEqual(['.a: number, here missing'])
  expect(differs({}, { a: 1 })).toEqual(['.a: only here'])
})

test('a key that only some rows have is told from one that all have', () => {
  expect(differs([{ a: 1 }, { a: 1, b: 2 }], [{ a: 3, b: 4 }, { a: 5 }])).toEqual([])
  expect(differs([{ a: 1 }, { a: 1, b: 2 }], [{ a: 3, b: 4 }])).toEqual([
    '[].b?: number, here missing',
    '[].b: only here',
  ])
  expect(differs([], [{ a: 1 }])).toEqual(['[]: nothing, here object'])
})

test('status, reason and the names of faulty parameters have to agree; one run’s own names do not', () => {
  expect(differences(sample('x', 500), answer(501))).toEqual(['500 no, here 501 no'])
  expect(
    differences(sample('x', 400, { errors: { a: 'p' } }), answer(400, { errors: { b: 'p' } })),
  ).toEqual(['.errors.a: string, here missing', '.errors.b: only here'])
  const reason = "unable to open file '/etc/x.tmp.17'"
  const theirs = { ...sample('x', 500), reason }
  expect(differences(theirs, { ...answer(500), reason: reason.replace('17', '171') })).toEqual([])
})

test('a name agrees only if every request of it does, as success and as error apart', () => {
  const compared = [
    { index: 0, sample: sample('x', 200), answer: answer(200), differs: [] },
    { index: 1, sample: sample('x', 200), answer: answer(200), differs: ['.a'] },
    { index: 2, sample: sample('x', 500), answer: answer(500), differs: [] },
  ]
  const judged = judge(compared)
  expect(shareOf(judged, 'success')).toEqual({ agree: 0, of: 1 })
  expect(shareOf(judged, 'error')).toEqual({ agree: 1, of: 1 })
})

test('at most 60 names do not count, each with a reason, none twice', () => {
  expect(OUT_OF_SCOPE.length).toBeLessThanOrEqual(60)
  expect(new Set(OUT_OF_SCOPE.map(({ name, kind }) => `${kind} ${name}`)).size).toBe(
    OUT_OF_SCOPE.length,
  )
  for (const { name, kind, why } of OUT_OF_SCOPE) {
    expect(why.length).toBeGreaterThan(20)
    expect(whyOutOfScope(name, kind)).toBe(why)
  }
})
