import type { Goal } from '@/lib/plan/plan'
import type { Topology } from '@/lib/topology/topology'

const POWER = ['start', 'stop', 'restart', 'rebuild'] as const

/** The goal written in a plan page's URL; deploy where it is absent or makes no sense. */
export function readGoal(text: string | null): Goal {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return { kind: 'deploy' }
  if ('kind' in value && value.kind === 'firewall') return readFirewall(value)
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

/** `from` is the server's to say, and only part of the goal so that it is part of the plan. */
function readFirewall(value: object): Goal {
  const { on, admins } = value as Record<string, unknown>
  if (on === false) return { kind: 'firewall', on }
  return on === true && typeof admins === 'string'
    ? { kind: 'firewall', on, admins, from: '' }
    : { kind: 'deploy' }
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

/**
 * Ways to switch the firewall, where the document has policies: on with each network that a host is
 * administered from, or with any where no host says which, and off.
 */
export function firewallGoals({
  policies = {},
  hosts = {},
  networks = {},
}: Partial<Topology> = {}): { id: string; label: string; goal: Goal }[] {
  if (Object.keys(policies).length === 0) return []
  const named = Object.values(hosts).flatMap(({ network }) => network ?? [])
  const admins = named.length > 0 ? [...new Set(named)] : Object.keys(networks)
  return [
    ...admins.map((id) => ({
      id: `firewall-${id}`,
      label: `Plan to enforce policies, admins in ${networks[id]?.name ?? id}`,
      goal: { kind: 'firewall', on: true, admins: id, from: '' } as const,
    })),
    {
      id: 'firewall-off',
      label: 'Plan to switch the firewall off',
      goal: { kind: 'firewall', on: false } as const,
    },
  ]
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
