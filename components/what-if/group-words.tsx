import { StateMark } from '@/components/ui/state-mark'
import type { Group } from '@/lib/topology/what-if/what-if'

/** What a group is called and how it looks, the worst first. */
export const GROUPS: readonly {
  group: Group
  title: string
  state: 'fail' | 'hold' | 'warn' | 'ok'
}[] = [
  { group: 'stops', title: 'Stops', state: 'fail' },
  { group: 'restarts', title: 'Restarts elsewhere', state: 'hold' },
  { group: 'degrades', title: 'Degrades', state: 'warn' },
  { group: 'survives', title: 'Goes on', state: 'ok' },
]

/** The shape of a group; decoration beside its word. */
export function GroupMark({ group, size = 12 }: { group: Group; size?: number }) {
  const found = GROUPS.find((each) => each.group === group)
  return found ? <StateMark state={found.state} size={size} /> : null
}
