import type { StatusAnswer } from '@/lib/api/contract'
import type { Shape } from './marks'

/** The mark beside the answer's sentence. Nothing wrong where nothing runs is not green: it waits. */
export const shapeOf = ({ level, topologies }: StatusAnswer): Shape =>
  level === 'ok' && topologies.every(({ vms }) => vms.running === 0) ? 'hold' : level
