import type { Step } from '@/lib/plan/step'

/** Paths of the objects that a job changes, as into the document. */
export type Objects = readonly (readonly string[])[]

/** The objects that a plan's steps touch, each once. */
export function objectsOf(steps: readonly Pick<Step, 'object'>[]): string[][] {
  const byKey = new Map(steps.map(({ object }) => [object.join('/'), [...object]]))
  return [...byKey.values()]
}

/** The first object that two jobs would both change; containment counts: a cluster and its add-on. */
export function sharedObject(a: Objects, b: Objects): readonly string[] | null {
  for (const one of a)
    for (const other of b) {
      const [short, long] = one.length <= other.length ? [one, other] : [other, one]
      if (short.every((part, i) => part === long[i])) return long
    }
  return null
}
