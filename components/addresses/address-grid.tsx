'use client'

import { type KeyboardEvent, useRef } from 'react'
import { cn } from '@/components/ui/cn'
import { type AddressMap, type AddressRun, runsWithin } from '@/lib/topology/address-map'
import { formatIpv4, type Ipv4, type Ipv4Range } from '@/lib/topology/ipv4'
import { CELL_LOOKS, cellName } from './cell-words'

/** At most a /24 is drawn at once; larger networks are looked at in such parts. */
export const CELLS_MOST = 256

const STEPS: Record<string, number | undefined> = { ArrowLeft: -1, ArrowRight: 1 }

/**
 * A network as cells, one an address: each says by letter and colour what it is. Arrows go from cell
 * to cell, Enter opens one.
 */
export function AddressGrid({
  map,
  range,
  selected,
  onSelect,
}: {
  map: AddressMap
  range: Ipv4Range
  selected: Ipv4 | null
  onSelect: (address: Ipv4) => void
}) {
  const grid = useRef<HTMLFieldSetElement>(null)
  const cells = runsWithin(map.runs, range).flatMap(cellsOf)
  const current = cells.find(({ first }) => first === selected)?.first ?? firstOpen(cells)
  const move = (event: KeyboardEvent) => {
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = at < 0 ? undefined : targetOf(event.key, at, buttons)
    if (to === undefined) return
    event.preventDefault()
    buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus()
  }
  return (
    <fieldset
      ref={grid}
      aria-label={`Addresses of ${map.network}, ${formatIpv4(range.first)} to ${formatIpv4(range.last)}`}
      onKeyDown={move}
      className="grid max-w-180 grid-cols-8 gap-0.5 sm:grid-cols-16"
    >
      {cells.map((cell) => (
        <Cell
          key={cell.first}
          cell={cell}
          selected={cell.first === selected}
          tabIndex={cell.first === current ? 0 : -1}
          onSelect={onSelect}
        />
      ))}
    </fieldset>
  )
}

function Cell({
  cell,
  selected,
  tabIndex,
  onSelect,
}: {
  cell: AddressRun
  selected: boolean
  tabIndex: number
  onSelect: (address: Ipv4) => void
}) {
  const { letter, look } = CELL_LOOKS[cell.state]
  const name = cellName(cell)
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      title={name}
      aria-label={name}
      aria-pressed={selected}
      data-state={cell.state}
      onClick={() => onSelect(cell.first)}
      className={cn(
        'flex h-9 min-w-0 flex-col items-center justify-center rounded-sm border font-mono text-caption leading-none pointer-coarse:h-12',
        look,
        selected && 'outline-2 outline-work outline-offset-1',
      )}
    >
      <span className="tabular-nums">{cell.first % 256}</span>
      <span aria-hidden>{letter}</span>
    </button>
  )
}

/** One run as cells of one address each. */
const cellsOf = (run: AddressRun): AddressRun[] =>
  Array.from({ length: run.last - run.first + 1 }, (_, index) => ({
    ...run,
    first: run.first + index,
    last: run.first + index,
  }))

const firstOpen = (cells: readonly AddressRun[]): Ipv4 | undefined =>
  (cells.find(({ state }) => state === 'free') ?? cells[0])?.first

/** Where an arrow leads; up and down by what stands in one row on this screen. */
function targetOf(key: string, at: number, buttons: readonly HTMLElement[]): number | undefined {
  const step = STEPS[key]
  if (step !== undefined) return at + step
  if (key === 'Home') return 0
  if (key === 'End') return buttons.length - 1
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined
  const top = buttons[0]?.offsetTop
  const wrap = buttons.findIndex(({ offsetTop }) => offsetTop !== top)
  const columns = wrap < 0 ? buttons.length : wrap
  const to = at + (key === 'ArrowUp' ? -columns : columns)
  return to < 0 || to >= buttons.length ? at : to
}

/** What the letters mean; only those that are on the map. */
export function Legend({ runs }: { runs: readonly AddressRun[] }) {
  const present = new Set(runs.map(({ state }) => state))
  const looks = Object.entries(CELL_LOOKS).filter(([state]) => present.has(state as never))
  return (
    <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-caption text-ink-2" aria-label="Legend">
      {looks.map(([state, { word, letter, look }]) => (
        <li key={state} className="inline-flex items-center gap-1.5">
          <span
            aria-hidden
            className={cn('grid size-5 place-items-center rounded-sm border font-mono', look)}
          >
            {letter}
          </span>
          {word}
        </li>
      ))}
    </ul>
  )
}
