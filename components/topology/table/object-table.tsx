'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { Plus, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { Button, IconButton } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { EmptyState } from '@/components/ui/states'
import type { Json } from '@/lib/topology/change'
import type { Edit } from '@/lib/topology/edit'
import type { Kind } from '@/lib/topology/topology'
import { FreshPin, freshWords, ProblemPin } from '../canvas/marks'
import { useEditor, useEditorStore } from '../editor/editor-context'
import type { FreshMark } from '../editor/news'
import { removeEdit } from '../editor/remove-edit'
import { useFreshMarks } from '../editor/use-fresh-marks'
import { ControlOf } from '../inspector/field-row'
import { valueAt } from '../inspector/fields-at'
import { ADDITIONS, type Addition } from '../palette/additions'
import { problemsByObject } from '../problems-by-object'
import { type Column, columnsOf } from './columns'

const ROW_HEIGHT = 40

export type ObjectTableProps = {
  kind: Kind
  /** Why nothing can be edited now, null if it can. */
  readOnlyReason: string | null
  onAdd: (addition: Addition) => void
  onInspect: (path: readonly string[]) => void
}

/** All objects of one kind, each field a cell that can be edited in place. */
export function ObjectTable({ kind, readOnlyReason, onAdd, onInspect }: ObjectTableProps) {
  const objects = useEditor((editor) => editor.history.doc.topology[kind])
  const ids = useMemo(() => Object.keys(objects ?? {}), [objects])
  const columns = useMemo(() => columnsOf(kind), [kind])
  const problems = useEditor((editor) => editor.problems)
  const badges = useMemo(() => problemsByObject(problems), [problems])
  const marks = useFreshMarks()
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const additions = ADDITIONS.filter(({ id }) => id === kind || id.startsWith(`${kind}/`))
  const items = rows.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex flex-wrap gap-2 max-sm:hidden">
        {additions.map((addition) => (
          <Button
            key={addition.id}
            size="sm"
            icon={<Plus size={14} aria-hidden />}
            disabledReason={readOnlyReason}
            onClick={() => onAdd(addition)}
          >
            Add {addition.label}
          </Button>
        ))}
      </div>
      {ids.length === 0 ? (
        <EmptyState title="Nothing of this kind yet">
          What is added here appears on the canvas and in the text as well.
        </EmptyState>
      ) : (
        <section
          ref={scroller}
          // A region that scrolls must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
          tabIndex={0}
          aria-label={`Table of ${kind}`}
          className="relative min-h-0 flex-1 overflow-auto rounded-md border border-line bg-surface-1"
        >
          <table
            className="min-w-full border-separate border-spacing-0"
            aria-rowcount={ids.length + 1}
          >
            <thead>
              <tr>
                <th scope="col" className={cn(HEAD, 'left-0 z-20')}>
                  Id
                </th>
                {columns.map(({ key, field }) => (
                  <th key={key} scope="col" className={cn(HEAD, 'z-10')}>
                    {field.label}
                    {field.unit ? `, ${field.unit}` : ''}
                  </th>
                ))}
                <th scope="col" className={cn(HEAD, 'z-10')}>
                  <span className="sr-only">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody onKeyDown={moveBetweenRows}>
              {above > 0 ? <Spacer height={above} /> : null}
              {items.map(({ index }) => {
                const id = ids[index]
                return id === undefined ? null : (
                  <Row
                    key={id}
                    kind={kind}
                    id={id}
                    index={index}
                    columns={columns}
                    badge={badges.get(`${kind}/${id}`) ?? null}
                    fresh={marks.get(`${kind}/${id}`) ?? null}
                    readOnlyReason={readOnlyReason}
                    onInspect={onInspect}
                  />
                )
              })}
              {below > 0 ? <Spacer height={below} /> : null}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}

const HEAD =
  'sticky top-0 h-8 whitespace-nowrap border-line border-b bg-surface-1 px-2 text-left font-medium text-caption text-ink-3'

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  )
}

function Row({
  kind,
  id,
  index,
  columns,
  badge,
  fresh,
  readOnlyReason,
  onInspect,
}: {
  kind: Kind
  id: string
  index: number
  columns: readonly Column[]
  badge: { count: number; worst: 'blocker' | 'warning' } | null
  fresh: FreshMark | null
  readOnlyReason: string | null
  onInspect: (path: readonly string[]) => void
}) {
  const store = useEditorStore()
  const selected = useEditor((editor) => editor.selected?.join('/') === `${kind}/${id}`)
  return (
    <tr aria-rowindex={index + 2} className={cn(selected && 'bg-surface-2')}>
      <th
        scope="row"
        className="sticky left-0 z-5 h-10 border-line border-b bg-surface-1 px-2 text-left font-normal"
      >
        <span className="flex items-center gap-2">
          <button
            type="button"
            className="min-h-6 truncate font-mono text-work hover:underline"
            onClick={() => onInspect([kind, id])}
          >
            {id}
          </button>
          {badge ? <ProblemPin problems={badge.count} worst={badge.worst} /> : null}
          {fresh ? <FreshPin fresh={freshWords(fresh)} /> : null}
        </span>
      </th>
      {columns.map((column) => (
        <Cell key={column.key} id={id} column={column} readOnly={readOnlyReason !== null} />
      ))}
      <td className="border-line border-b px-1">
        <IconButton
          size="sm"
          label={`Remove ${id}`}
          icon={<Trash2 size={14} aria-hidden />}
          disabledReason={readOnlyReason}
          onClick={() => store.getState().edit(`Remove ${id}`, removeEdit([kind, id]))}
        />
      </td>
    </tr>
  )
}

function Cell({ id, column, readOnly }: { id: string; column: Column; readOnly: boolean }) {
  const { field } = column
  const store = useEditorStore()
  const topology = useEditor((editor) => editor.history.doc.topology)
  const [fault, setFault] = useState<string | null>(null)
  const faultId = useId()
  const path = column.path(topology, id)
  if (path === null) {
    return <td className="border-line border-b px-2 text-caption text-ink-3">no NIC</td>
  }
  const value = valueAt(topology, [...path, field.key])
  return (
    <td className="min-w-36 border-line border-b px-1 py-0.5" data-column={column.key}>
      <ControlOf
        field={field}
        path={path}
        value={value}
        readOnly={readOnly}
        control={{
          id: `${faultId}-control`,
          'aria-label': `${field.label} of ${id}`,
          'aria-describedby': fault === null ? undefined : faultId,
          'aria-invalid': fault === null ? undefined : true,
        }}
        onFault={setFault}
        onChange={(_field, to) =>
          store.getState().edit(`${field.label} of ${id}`, cellEdit(id, path, field.key, to))
        }
      />
      {fault === null ? null : (
        <p id={faultId} className="max-w-60 text-caption text-fail">
          {fault}
        </p>
      )}
    </td>
  )
}

/** The network of a NIC and the size of a VM carry more with them than the field. */
function cellEdit(vm: string, path: readonly string[], key: string, to: Json | undefined): Edit {
  if (path[0] === 'vms' && typeof to === 'string') {
    if (path[2] === 'nics' && key === 'network') {
      return { kind: 'moveVm', vm, nic: path[3] ?? '', network: to }
    }
    if (path.length === 2 && key === 'size') return { kind: 'resizeVm', vm, size: to }
    if (path.length === 2 && key === 'host') return { kind: 'placeVm', vm, host: to }
  }
  const at = [...path, key]
  return to === undefined ? { kind: 'remove', path: at } : { kind: 'set', path: at, value: to }
}

/** Up and down lead to the same column of the neighbouring row; a select keeps its own arrows. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key]
  const target = event.target as HTMLElement
  if (step === undefined || !(target instanceof HTMLInputElement)) return
  const column = target.closest('td')?.dataset.column
  const row = target.closest('tr')
  const next = step > 0 ? row?.nextElementSibling : row?.previousElementSibling
  const cell = next?.querySelector<HTMLElement>(
    `td[data-column="${CSS.escape(column ?? '')}"] input`,
  )
  if (!cell) return
  event.preventDefault()
  cell.focus()
}
