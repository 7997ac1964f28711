import { shareBenches } from '../replay/bench-shares'
import type { Bench } from './bench'
import { clones } from './proxmox/clones'

export const benches: Bench[] = [
  { name: 'proxmox.clone24_ratio', unit: 'ratio', run: () => clones('admitted') },
  { name: 'proxmox.clone24_naive_ratio', unit: 'ratio', run: () => clones('naive') },
  ...shareBenches(),
]
