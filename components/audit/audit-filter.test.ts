import { expect, test } from 'vitest'
import { filterPath, readFilter, toQuery } from './audit-filter'

const filterOf = (text: string) => readFilter(new URLSearchParams(text))

test('a URL becomes a filter and the same URL again', () => {
  const filter = filterOf('who=ada&group=job&q=a%26b&unknown=1')
  expect(filter).toMatchObject({ who: 'ada', group: 'job', q: 'a&b', from: '' })
  expect(filterPath(filter)).toBe('/settings/audit?who=ada&group=job&q=a%26b')
  expect(filterPath(filterOf(''))).toBe('/settings/audit')
})

test('days are whole days, both inclusive; what is none is left out', () => {
  const { from, to } = toQuery(filterOf('from=2026-11-23&to=2026-11-24'))
  expect((to ?? 0) - (from ?? 0)).toBe(2 * 24 * 3_600_000 - 1)
  expect(new Date(from ?? 0).getHours()).toBe(0)
  expect(toQuery(filterOf('from=yesterday&to=0000-00-00&outcome=maybe&q=%20'))).toEqual({})
  expect(toQuery(filterOf('outcome=refused&q=%20x%20'))).toEqual({ outcome: 'refused', q: 'x' })
})
