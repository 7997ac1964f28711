'use client'

import type { ReactNode } from 'react'
import { cn } from './cn'

export type Column<Row> = {
  id: string
  /** Unit included: "Memory, GiB". */
  head: ReactNode
  cell: (row: Row) => ReactNode
  /** Numbers stand right with tabular figures. */
  numeric?: boolean
  /** Left out on narrower screens, so that nothing scrolls sideways on a phone. */
  from?: 'sm' | 'md' | 'lg'
  className?: string
}

const FROM = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
} as const

const head = 'h-8 border-line border-b bg-surface-1 px-2 font-medium text-caption text-ink-3'

/**
 * A dense table with a sticky head; the first column names the row and sticks as well.
 * `caption` names the table for those who cannot see its heading.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  selected,
  onSelect,
  className,
  maxHeight,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  selected?: string | null
  /** A press anywhere on the row; the first cell must hold a link or button for the keyboard. */
  onSelect?: (row: Row) => void
  className?: string
  /** Scrolls inside itself beyond this. */
  maxHeight?: string
}) {
  return (
    <section
      className={cn(
        'relative overflow-x-auto rounded-md border border-line bg-surface-1',
        className,
      )}
      style={maxHeight ? { maxHeight, overflowY: 'auto' } : undefined}
      // A region that scrolls must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={caption}
    >
      <table className="w-full border-separate border-spacing-0 text-body">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th
                key={column.id}
                scope="col"
                className={cn(
                  head,
                  'sticky top-0 z-10 whitespace-nowrap',
                  column.numeric ? 'text-right' : 'text-left',
                  index === 0 && 'left-0 z-20',
                  column.from && FROM[column.from],
                )}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow
              key={rowKey(row)}
              row={row}
              columns={columns}
              selected={selected === rowKey(row)}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function TableRow<Row>({
  row,
  columns,
  selected,
  onSelect,
}: {
  row: Row
  columns: readonly Column<Row>[]
  selected: boolean
  onSelect?: (row: Row) => void
}) {
  return (
    <tr
      className={cn(
        'group hover:bg-surface-2',
        selected && 'bg-surface-2',
        onSelect && 'cursor-pointer',
      )}
      aria-selected={onSelect ? selected : undefined}
      onClick={onSelect ? () => onSelect(row) : undefined}
    >
      {columns.map((column, index) => {
        const Cell = index === 0 ? 'th' : 'td'
        return (
          <Cell
            key={column.id}
            scope={index === 0 ? 'row' : undefined}
            className={cn(
              'h-row border-line border-b px-2 py-1 align-middle font-normal group-last:border-b-0',
              column.numeric ? 'text-right tabular-nums' : 'text-left',
              index === 0 && 'sticky left-0 bg-surface-1 group-hover:bg-surface-2',
              index === 0 && selected && 'bg-surface-2',
              column.from && FROM[column.from],
              column.className,
            )}
          >
            {column.cell(row)}
          </Cell>
        )
      })}
    </tr>
  )
}
