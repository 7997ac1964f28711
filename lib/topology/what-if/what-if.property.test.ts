import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findEntry } from '@/lib/catalogue/catalogue'
import { topologies } from '../testing/arbitrary'
import { runs, SLOW } from '../testing/runs'
import type { Topology } from '../topology'
import { dependenciesOf } from './dependencies'
import type { ThingId } from './graph'
import { CAN_DIE } from './single-points'
import { homelab, type Shape, shapes } from './testing/homelabs'
import { type Outcome, whatIf } from './what-if'

const needs = (id: string) => findEntry(id)?.needs ?? []
const read = (topology: Topology) => dependenciesOf(topology, needs)

/** A homelab with two sets of things to lose, one inside the other. */
const losses = fc
  .record({
    shape: shapes,
    picks: fc.array(fc.nat(), { minLength: 2, maxLength: 5 }),
    few: fc.nat(),
  })
  .map(({ shape, picks, few }) => {
    const dependencies = read(homelab(shape))
    const mortal = [...dependencies.graph.things.values()].filter(({ kind }) => CAN_DIE.has(kind))
    const more = picks.map((pick) => mortal[pick % mortal.length]!.id)
    return { dependencies, more, less: more.slice(0, (few % (more.length - 1)) + 1) }
  })

const dies = (things: ThingId[]) => ({ kind: 'dies', things }) as const
const stopped = ({ items }: Outcome) =>
  items.filter(({ group }) => group === 'stops').map(({ thing }) => thing.id)

describe('whatever is lost', () => {
  test(
    'losing more never stops less, and never leaves more as it was',
    () => {
      fc.assert(
        fc.property(losses, ({ dependencies, less, more }) => {
          const [a, b] = [whatIf(dependencies, dies(less)), whatIf(dependencies, dies(more))]
          expect(stopped(b)).toEqual(expect.arrayContaining(stopped(a)))
          const left = new Set(a.survivors.map(({ id }) => id))
          expect(b.survivors.filter(({ id }) => !left.has(id))).toEqual([])
          expect(b.data.length).toBeGreaterThanOrEqual(a.data.length > 0 ? 1 : 0)
        }),
        runs(150),
      )
    },
    SLOW.timeout,
  )

  test(
    'every VM is in exactly one group, and every chain of reasons ends at what was lost',
    () => {
      fc.assert(
        fc.property(losses, ({ dependencies, more }) => {
          const outcome = whatIf(dependencies, dies(more))
          const told = [...outcome.items.map(({ thing }) => thing), ...outcome.survivors]
            .filter(({ kind }) => kind === 'vm')
            .map(({ id }) => id)
          expect(told.toSorted()).toEqual(
            Object.keys(dependencies.topology.vms ?? {})
              .map((id) => `vms/${id}`)
              .toSorted(),
          )
          for (const { chains, thing } of outcome.items) {
            expect(chains.length, thing.id).toBeGreaterThan(0)
            for (const chain of chains) expect(chain.at(-1)?.why).toBe('dies')
          }
        }),
        runs(150),
      )
    },
    SLOW.timeout,
  )

  test(
    'the order in which things are named does not count',
    () => {
      fc.assert(
        fc.property(losses, ({ dependencies, more }) => {
          const turned = whatIf(dependencies, dies(more.toReversed()))
          expect(stopped(turned)).toEqual(stopped(whatIf(dependencies, dies(more))))
        }),
        runs(80),
      )
    },
    SLOW.timeout,
  )

  test(
    'any document that the schema takes has an outcome for each of its objects',
    () => {
      fc.assert(
        fc.property(topologies, (topology) => {
          const dependencies = read(topology)
          for (const { id } of dependencies.graph.things.values()) {
            const { sentence, damage, groupOf } = whatIf(dependencies, dies([id]))
            expect(sentence).toMatch(/: .+\.$/s)
            expect(damage).toBeGreaterThanOrEqual(0)
            expect(groupOf(id)).toBe('stops')
          }
        }),
        runs(25),
      )
    },
    SLOW.timeout,
  )
})

/** Hosts on their own, so that none votes for another. */
const apart = (shape: Shape): Shape => ({ ...shape, joined: false, fed: 0, switches: 0 })

/** The most that one host's death stops: nodes, and whether the API goes with one. */
function worstHost(topology: Topology): { vms: number; api: boolean } {
  const dependencies = read(topology)
  const outcomes = Object.keys(topology.hosts ?? {}).map((id) =>
    whatIf(dependencies, dies([`hosts/${id}`])),
  )
  return {
    vms: Math.max(
      ...outcomes.map(
        ({ items }) => items.filter((i) => i.group === 'stops' && i.thing.kind === 'vm').length,
      ),
    ),
    api: outcomes.some(({ groupOf }) => groupOf('clusters/k8s/api') === 'stops'),
  }
}

test(
  'moving a node to a host of its own never makes the worst host worse',
  () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, pick) => {
        const before = homelab(apart(shape))
        const nodes = [...before.clusters!.k8s!.controlPlanes, ...before.clusters!.k8s!.workers]
        const id = nodes[pick % nodes.length]!
        const after = homelab(apart(shape), { [id]: 'extra' })
        const hosts = { ...after.hosts, extra: { ...after.hosts!.pve1!, connection: 'extra' } }
        const [a, b] = [worstHost(before), worstHost({ ...after, hosts })]
        expect(b.vms).toBeLessThanOrEqual(a.vms)
        if (!a.api) expect(b.api).toBe(false)
      }),
      runs(80),
    )
  },
  SLOW.timeout,
)
