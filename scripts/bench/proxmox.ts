import { shareBenches } from '../replay/bench-shares'
import type { Bench } from './bench'

export const benches: Bench[] = [...shareBenches()]
