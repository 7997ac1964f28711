import type { AddressRun, CellState } from '@/lib/topology/address-map'
import { rangeText } from '@/lib/topology/address-map'
import type { Holder } from '@/lib/topology/ipam-holders'

/** How a state of an address is shown: a word, the letter of its cell, and its colours. */
export type CellLook = { word: string; letter: string; look: string }

const quiet = 'border-line bg-surface-1 text-ink-2'
const held = 'border-edge bg-surface-2 text-ink-1'
const handed = 'border-line hatched text-ink-1'
const work = 'border-work bg-work/12 text-ink-1'

/** Every state; the letter carries it, the colour repeats it. In the order of the legend. */
export const CELL_LOOKS: Record<CellState, CellLook> = {
  conflict: { word: 'claimed twice', letter: 'X', look: 'border-fail bg-fail/12 text-ink-1' },
  stranger: { word: 'answers, unknown', letter: '!', look: 'border-warn bg-warn/12 text-ink-1' },
  gateway: { word: 'gateway', letter: 'G', look: held },
  host: { word: 'host', letter: 'H', look: held },
  vm: { word: 'VM', letter: 'V', look: work },
  endpoint: { word: 'cluster endpoint', letter: 'C', look: work },
  equipment: { word: 'equipment', letter: 'E', look: held },
  service: { word: 'service', letter: 'S', look: held },
  unmanaged: { word: 'unmanaged', letter: 'U', look: held },
  elsewhere: { word: 'other topology', letter: 'T', look: held },
  reservation: { word: 'reserved', letter: 'R', look: 'border-edge bg-ok/12 text-ink-1' },
  dhcp: { word: 'DHCP', letter: 'D', look: handed },
  metallb: { word: 'MetalLB', letter: 'M', look: handed },
  kept: { word: 'kept by its pool', letter: 'K', look: handed },
  outside: { word: 'network or broadcast', letter: '–', look: 'border-line text-ink-3' },
  free: { word: 'free', letter: '·', look: quiet },
}

/** `VM web`, `reserved for Mum (printer)`, `free in workers`, in words. */
export function runText({ state, holders, pool }: AddressRun): string {
  const { word } = CELL_LOOKS[state]
  const [first] = holders
  if (state === 'conflict') return `claimed by ${holders.map(holderText).join(' and ')}`
  if (first !== undefined) return holderText(first)
  return pool && state !== 'outside' ? `${word} in ${pool.id}` : word
}

/** Who it is, with the kind in front. */
export function holderText({ kind, label, owner, mac }: Holder): string {
  if (kind === 'reservation') return `reserved as ${label}${owner === null ? '' : ` for ${owner}`}`
  if (kind === 'stranger') return `somebody whom the drawing does not know${mac ? ` (${mac})` : ''}`
  if (kind === 'elsewhere') return label === 'another topology' ? label : `VM ${label}`
  if (kind === 'gateway' || kind === 'endpoint') return `${CELL_LOOKS[kind].word} (${label})`
  return `${CELL_LOOKS[kind].word} ${label}`
}

/** What a cell is called: its address and what is there. */
export const cellName = (run: AddressRun): string => `${rangeText(run)}, ${runText(run)}`
