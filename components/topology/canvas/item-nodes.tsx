import { Handle, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { cn } from '@/components/ui/cn'
import { Meter } from '@/components/ui/meter'
import type { ItemNode } from '../to-flow'
import { ItemIcon } from './item-icon'
import { FreshPin, ProblemPin, SeenMark } from './marks'

/** Where lines end; invisible, nobody draws lines by hand. */
function Ends() {
  return (
    <>
      <Handle type="source" position={Position.Top} isConnectable={false} className="opacity-0" />
      <Handle type="target" position={Position.Top} isConnectable={false} className="opacity-0" />
    </>
  )
}

const outline = (ghost: boolean, selected: boolean) =>
  cn(
    'rounded-md border bg-surface-1 text-ink-1',
    ghost ? 'border-edge border-dashed' : 'border-edge',
    selected && 'outline-2 outline-work outline-offset-2',
  )

/** A VM, a device, an add-on, a disk: 184 x 56, more below it in the full step. */
export const CardNode = memo(function CardNode({ data, selected = false }: NodeProps<ItemNode>) {
  const hue = data.hue === null ? undefined : `var(--net-${data.hue + 1})`
  return (
    <div className={cn(outline(data.state === 'ghost', selected), 'relative w-[184px]')}>
      <Ends />
      <div
        className="flex h-[54px] items-center gap-2 px-2.5 group-data-[zoom=tile]/canvas:justify-center group-data-[zoom=tile]/canvas:[zoom:1.6]"
        style={hue ? { boxShadow: `inset 3px 0 0 ${hue}` } : undefined}
      >
        <span className="text-ink-2">
          <ItemIcon of={data.role} />
        </span>
        <span className="min-w-0 flex-1 group-data-[zoom=tile]/canvas:hidden">
          <span className="block truncate font-medium text-body">{data.title}</span>
          <span className="block truncate font-mono text-caption text-ink-2">
            {data.code || data.detail}
          </span>
        </span>
        <SeenMark state={data.state} fate={data.fate} />
      </div>
      <div className="hidden border-line border-t px-2.5 py-1.5 text-caption text-ink-2 group-data-[zoom=full]/canvas:block">
        <span className="block truncate">{data.detail}</span>
        {data.stateWords ? <span className="block truncate">{data.stateWords}</span> : null}
      </div>
      <ProblemPin
        problems={data.problems}
        worst={data.worst}
        className="absolute -top-2.5 -right-2"
      />
      <FreshPin fresh={data.fresh} className="absolute -top-2.5 -left-2" />
    </div>
  )
})

/** A host, a cluster, a storage, a group: holds cards. */
export const ContainerNode = memo(function ContainerNode({
  data,
  selected = false,
}: NodeProps<ItemNode>) {
  const group = data.kind === 'group'
  return (
    <div
      className={cn(
        outline(data.state === 'ghost' || group, selected),
        'relative h-full w-full bg-surface-0',
      )}
    >
      <Ends />
      <div className="flex items-start gap-2 px-4 pt-3">
        {group ? null : (
          <span className="pt-0.5 text-ink-2">
            <ItemIcon of={data.role} />
          </span>
        )}
        <span className="min-w-0 flex-1">
          <span
            className={cn(
              'block truncate',
              group ? 'text-caption text-ink-2' : 'font-semibold text-name',
            )}
          >
            {data.title}
          </span>
          {group ? null : (
            <span className="block truncate text-caption text-ink-2">
              <span className="font-mono">{data.code}</span>
              {data.code && data.detail ? ' · ' : ''}
              {data.detail}
            </span>
          )}
        </span>
        <FreshPin fresh={data.fresh} />
        <SeenMark state={data.state} fate={data.fate} />
        <ProblemPin problems={data.problems} worst={data.worst} />
      </div>
      {data.bars.length > 0 ? (
        <div className="flex flex-wrap gap-x-5 gap-y-1 px-4 pt-1.5 group-data-[zoom=tile]/canvas:hidden">
          {data.bars.map(({ label, part, text }) => (
            <Meter key={label} label={label} value={part} text={`${label} ${text}`} />
          ))}
        </div>
      ) : null}
    </div>
  )
})

/** A network as a bus: a stripe in its hue, always with its name and tag. */
export const BusNode = memo(function BusNode({ data, selected = false }: NodeProps<ItemNode>) {
  const hue = `var(--net-${(data.hue ?? 0) + 1})`
  return (
    <div
      className={cn(
        'relative flex h-full w-full items-center gap-3 rounded-sm border bg-surface-1 px-3',
        selected && 'outline-2 outline-work outline-offset-2',
      )}
      style={{ borderColor: hue, boxShadow: `inset 3px 0 0 ${hue}, inset 0 -3px 0 ${hue}` }}
    >
      <Ends />
      <span style={{ color: hue }}>
        <ItemIcon of="network" />
      </span>
      <span className="font-semibold text-name">{data.title}</span>
      <span className="rounded-sm border border-line px-1.5 text-caption text-ink-2">
        {data.detail}
      </span>
      <span className="font-mono text-caption text-ink-2">{data.code}</span>
      <span className="flex-1" />
      <span className="text-caption text-ink-2">{data.note}</span>
      <FreshPin fresh={data.fresh} />
      <SeenMark state={data.state} fate={data.fate} />
      <ProblemPin problems={data.problems} worst={data.worst} />
    </div>
  )
})
