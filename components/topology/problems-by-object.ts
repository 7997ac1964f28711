import type { Problem, Severity } from '@/lib/topology/problem'

/** Notes have no badge, so the worst that an item can carry is one of these. */
export type Worst = Exclude<Severity, 'note'>

/** Length of the path that names an item of its own: add-ons, storages and disks sit deeper. */
const NESTED = new Set(['addOns', 'storages', 'disks'])

/** Badges by object path: blockers and warnings, counted on the object and on its nested item. */
export function problemsByObject(
  problems: readonly Problem[],
): Map<string, { count: number; worst: Worst }> {
  const found = new Map<string, { count: number; worst: Worst }>()
  for (const { severity, path } of problems) {
    if (severity === 'note') continue
    const keys = [path.slice(0, 2).join('/')]
    if (NESTED.has(path[2] ?? '') && path.length > 3) keys.push(path.slice(0, 4).join('/'))
    for (const key of keys) {
      const badge = found.get(key) ?? { count: 0, worst: 'warning' as Worst }
      badge.count += 1
      if (severity === 'blocker') badge.worst = 'blocker'
      found.set(key, badge)
    }
  }
  return found
}

/** The problems of one object, its fields and parts included, in the given order. */
export function problemsOf(problems: readonly Problem[], path: readonly string[]): Problem[] {
  return problems.filter((problem) => path.every((step, n) => problem.path[n] === step))
}
