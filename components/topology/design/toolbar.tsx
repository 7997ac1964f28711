'use client'

import {
  HeartCrack,
  KeyRound,
  Lock,
  LockOpen,
  Redo2,
  Ruler,
  Sparkles,
  TextCursorInput,
  Undo2,
} from 'lucide-react'
import Link from 'next/link'
import { Button, buttonClass, IconButton } from '@/components/ui/button'
import { Select } from '@/components/ui/field'
import { StateMark } from '@/components/ui/state-mark'
import { Segments } from '@/components/ui/tabs'
import { pages } from '@/lib/api/paths'
import type { Kind } from '@/lib/topology/topology'
import { useEditor, useEditorStore } from '../editor/editor-context'
import type { Lens } from '../lens/box'
import type { DesignUrl, View } from './use-design-url'

const VIEWS: readonly { value: View; label: string }[] = [
  { value: 'canvas', label: 'Canvas' },
  { value: 'table', label: 'Table' },
]
const LENSES: readonly { value: Lens; label: string }[] = [
  { value: 'network', label: 'Network' },
  { value: 'physical', label: 'Physical' },
  { value: 'kubernetes', label: 'Kubernetes' },
  { value: 'storage', label: 'Storage' },
]
const KINDS: readonly { value: Kind; label: string }[] = [
  { value: 'vms', label: 'VMs' },
  { value: 'hosts', label: 'Hosts' },
  { value: 'networks', label: 'Networks' },
  { value: 'pools', label: 'Pools' },
  { value: 'sizes', label: 'Sizes' },
  { value: 'templates', label: 'Templates' },
  { value: 'clusters', label: 'Clusters' },
  { value: 'switches', label: 'Switches' },
  { value: 'routers', label: 'Routers' },
  { value: 'services', label: 'Services' },
  { value: 'reservations', label: 'Reservations' },
  { value: 'policies', label: 'Policies' },
  { value: 'unmanaged', label: 'Unmanaged guests' },
  { value: 'sites', label: 'Sites' },
  { value: 'ups', label: 'UPS' },
]

export type ToolbarProps = {
  url: DesignUrl
  go: (change: Partial<DesignUrl>) => void
  editing: boolean
  onToggleEditing: () => void
  onTidy: () => void
  onSecrets: () => void
  onProblems: () => void
  readOnlyReason: string | null
}

/** How to look at the document, and what is done to it as a whole. */
export function Toolbar(props: ToolbarProps) {
  const { url, go } = props
  return (
    <div
      role="toolbar"
      aria-label="Design"
      className="flex flex-wrap items-center gap-2 border-line border-y bg-surface-1 px-3 py-1.5"
    >
      <Segments label="View" options={VIEWS} value={url.view} onChange={(view) => go({ view })} />
      {url.view === 'canvas' ? (
        <Segments
          label="Lens"
          options={LENSES}
          value={url.lens}
          onChange={(lens) => go({ lens })}
        />
      ) : (
        <>
          <Segments
            label="Kind"
            options={KINDS}
            value={url.kind}
            onChange={(kind) => go({ kind })}
            className="max-md:hidden"
          />
          <Select
            aria-label="Kind"
            options={KINDS}
            value={url.kind}
            onChange={(event) => go({ kind: event.target.value as Kind })}
            className="w-36 md:hidden"
          />
        </>
      )}
      <EditTools {...props} />
      <span className="flex-1" />
      <Button
        aria-pressed={url.text}
        className="aria-pressed:bg-surface-2 max-sm:hidden"
        icon={<TextCursorInput size={16} aria-hidden />}
        onClick={() => go({ text: !url.text })}
      >
        Text
      </Button>
      <FitLink />
      {url.view === 'canvas' ? (
        <Button
          aria-pressed={url.whatIf}
          className="aria-pressed:bg-surface-2"
          icon={<HeartCrack size={16} aria-hidden />}
          title="What stops and what survives when the selected object dies (w)"
          onClick={() => go({ whatIf: !url.whatIf })}
        >
          What if
        </Button>
      ) : null}
      <Button
        aria-pressed={url.secrets}
        className="aria-pressed:bg-surface-2"
        icon={<KeyRound size={16} aria-hidden />}
        onClick={props.onSecrets}
      >
        Secrets
      </Button>
      <ProblemsButton onPress={props.onProblems} />
    </div>
  )
}

/** Fits what is saved; where something is not, the tip says so. */
function FitLink() {
  const topologyId = useEditor((editor) => editor.topologyId)
  const unsaved = useEditor((editor) => editor.unsaved > 0)
  return (
    <Link
      href={pages.fit(topologyId)}
      className={buttonClass()}
      title={
        unsaved
          ? 'How the saved revision fits your machines; save your changes first'
          : 'How the drawing fits your machines: bridges, addresses, storages, room'
      }
    >
      <Ruler size={16} aria-hidden />
      Fit
    </Link>
  )
}

function EditTools({ url, editing, onToggleEditing, onTidy, readOnlyReason }: ToolbarProps) {
  const store = useEditorStore()
  const past = useEditor((editor) => editor.history.past.at(-1)?.label ?? null)
  const future = useEditor((editor) => editor.history.future[0]?.label ?? null)
  const canvas = url.view === 'canvas'
  return (
    <span className="flex items-center gap-1 max-sm:hidden">
      {canvas ? (
        <Button
          aria-pressed={editing}
          className="aria-pressed:border-work"
          icon={editing ? <LockOpen size={16} aria-hidden /> : <Lock size={16} aria-hidden />}
          disabledReason={readOnlyReason}
          onClick={onToggleEditing}
        >
          {editing ? 'Editing' : 'Edit'}
        </Button>
      ) : null}
      <IconButton
        label={past === null ? 'Undo' : `Undo: ${past}`}
        icon={<Undo2 size={16} aria-hidden />}
        disabledReason={readOnlyReason ?? (past === null ? 'Nothing to undo.' : null)}
        onClick={() => store.getState().undo()}
      />
      <IconButton
        label={future === null ? 'Redo' : `Redo: ${future}`}
        icon={<Redo2 size={16} aria-hidden />}
        disabledReason={readOnlyReason ?? (future === null ? 'Nothing to redo.' : null)}
        onClick={() => store.getState().redo()}
      />
      {canvas ? (
        <IconButton
          label="Tidy the canvas"
          icon={<Sparkles size={16} aria-hidden />}
          disabledReason={readOnlyReason}
          onClick={onTidy}
        />
      ) : null}
    </span>
  )
}

function ProblemsButton({ onPress }: { onPress: () => void }) {
  const blockers = useEditor(
    (editor) => editor.problems.filter(({ severity }) => severity === 'blocker').length,
  )
  const warnings = useEditor(
    (editor) => editor.problems.filter(({ severity }) => severity === 'warning').length,
  )
  const state = blockers > 0 ? 'fail' : warnings > 0 ? 'warn' : 'ok'
  return (
    <Button icon={<StateMark state={state} size={12} />} onClick={onPress}>
      <span className="tabular-nums">{words(blockers, warnings)}</span>
    </Button>
  )
}

function words(blockers: number, warnings: number): string {
  if (blockers + warnings === 0) return 'No problems'
  const parts = [
    blockers > 0 ? `${blockers} ${blockers === 1 ? 'blocker' : 'blockers'}` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ]
  return parts.filter(Boolean).join(', ')
}
