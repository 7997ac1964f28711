import type { Goal } from '@/lib/plan/plan'

const POWER = ['start', 'stop', 'restart', 'rebuild'] as const

/** The goal written in a plan page's URL; deploy where it is absent or makes no sense. */
export function readGoal(text: string | null): Goal {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return { kind: 'deploy' }
  const { kind, vm, disks, ...unknown } = value as Record<string, unknown>
  // A misspelt field must not widen "destroy this VM" to "destroy everything".
  if (Object.keys(unknown).length > 0) return { kind: 'deploy' }
  if (kind === 'adopt') return { kind }
  const power = POWER.find((each) => each === kind)
  if (power) return typeof vm === 'string' ? { kind: power, vm } : { kind: 'deploy' }
  if (kind !== 'destroy' || (vm !== undefined && typeof vm !== 'string')) return { kind: 'deploy' }
  const serials = Array.isArray(disks) ? disks.filter((each) => typeof each === 'string') : []
  return { kind, disks: serials, ...(typeof vm === 'string' ? { vm } : {}) }
}

function parse(text: string | null): unknown {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** What the button of this goal says, its verb first. */
export function goalVerb(goal: Goal): string {
  return goal.kind.slice(0, 1).toUpperCase() + goal.kind.slice(1)
}

/** The same destroy with one data disk ticked or not. */
export function tickDisk(
  goal: Extract<Goal, { kind: 'destroy' }>,
  serial: string,
  ticked: boolean,
): Goal {
  const others = goal.disks.filter((each) => each !== serial)
  return { ...goal, disks: (ticked ? [...others, serial] : others).toSorted() }
}
