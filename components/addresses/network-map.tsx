'use client'

import { useState } from 'react'
import { Select } from '@/components/ui/field'
import type { AddressMap } from '@/lib/topology/address-map'
import { formatIpv4, type Ipv4, type Ipv4Range, parseIpv4 } from '@/lib/topology/ipv4'
import { AddressGrid, CELLS_MOST, Legend } from './address-grid'
import { RunTable } from './run-table'

/** At most so many parts of a large network are offered; the table has them all. */
const PARTS_MOST = 256

/** The map of one network, as cells or as a table. */
export function NetworkMap({
  map,
  view,
  at,
  onSelect,
}: {
  map: AddressMap
  view: 'map' | 'table'
  at: string | null
  onSelect: (address: string) => void
}) {
  const select = (address: Ipv4) => onSelect(formatIpv4(address))
  if (view === 'table') return <RunTable map={map} onSelect={select} />
  return <Cells map={map} at={at === null ? null : parseIpv4(at)} onSelect={select} />
}

function Cells({
  map,
  at,
  onSelect,
}: {
  map: AddressMap
  at: Ipv4 | null
  onSelect: (address: Ipv4) => void
}) {
  const parts = partsOf(map)
  const [chosen, setChosen] = useState<Ipv4 | null>(null)
  const start = chosen ?? (at === null ? null : at - (at % CELLS_MOST))
  const part = parts.find(({ first }) => first === start) ?? parts[0]
  if (!part) return null
  return (
    <>
      {parts.length > 1 ? (
        <div className="mb-3 flex flex-wrap items-center gap-3">
          <Select
            aria-label={`Part of ${map.network}`}
            className="w-56 font-mono"
            value={String(part.first)}
            onChange={(event) => setChosen(Number(event.target.value))}
            options={parts.map(({ first }) => ({
              value: String(first),
              label: `${formatIpv4(first)}/24`,
            }))}
          />
          <p className="text-caption text-ink-3">
            Parts in which somebody or a pool is; the rest of {map.network} is free.
          </p>
        </div>
      ) : null}
      <AddressGrid map={map} range={part} selected={at} onSelect={onSelect} />
      <Legend runs={map.runs} />
    </>
  )
}

/** The network itself, or those of its /24 that are not simply free. */
export function partsOf({ block, runs }: Pick<AddressMap, 'block' | 'runs'>): Ipv4Range[] {
  if (block.last - block.first < CELLS_MOST) return [block]
  const starts = new Set<Ipv4>([block.first])
  for (const { first, last, state, pool } of runs) {
    if (state === 'free' && pool === null) continue
    for (let each = first - (first % CELLS_MOST); each <= last; each += CELLS_MOST) {
      if (starts.size >= PARTS_MOST) break
      starts.add(each)
    }
  }
  return [...starts].sort((a, b) => a - b).map((first) => ({ first, last: first + CELLS_MOST - 1 }))
}
