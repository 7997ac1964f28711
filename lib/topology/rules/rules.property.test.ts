import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from '../apply'
import { topologies } from '../testing/arbitrary'
import { runs, SLOW } from '../testing/runs'
import { validate } from '../validate'
import { CODES } from './cost'

const severities = new Map(CODES.map((facts) => [facts.code, facts.severities]))

test(
  'of any document the rules tell problems, each known, in words, and with a fix that applies',
  SLOW,
  () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        for (const problem of validate(topology)) {
          expect(severities.get(problem.code), problem.code).toContain(problem.severity)
          expect(problem.message, problem.code).not.toMatch(/undefined|NaN|\[object/)
          if (problem.fix) applyChanges(topology, problem.fix.changes)
        }
      }),
      runs(60),
    )
  },
)

test('the rules say the same of the same document', SLOW, () => {
  fc.assert(
    fc.property(topologies, (topology) => {
      expect(validate(structuredClone(topology))).toEqual(validate(topology))
    }),
    runs(10),
  )
})
