import type { Goal } from '@/lib/plan/plan'

/**
 * The goal with the address that was really asked from: who switches a firewall on must still get in,
 * and what a request says of itself is no proof. Others stay as they are.
 */
export const goalFrom = (goal: Goal, peer: string): Goal =>
  goal.kind === 'firewall' && goal.on ? { ...goal, from: peer } : goal
