'use client'

import { HeartCrack, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { Button, buttonClass } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { pages } from '@/lib/api/paths'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { removeEdit } from '../editor/remove-edit'
import { ProblemNote } from '../problems/problem-note'
import { problemsOf } from '../problems-by-object'
import { ClusterActions } from './cluster-actions'
import { valueAt } from './fields-at'
import { canBeHeld, HoldSection } from './hold-section'
import { ObjectForm } from './object-form'
import { VmActions } from './vm-actions'

const KIND_WORDS: Record<string, string> = {
  hosts: 'Host',
  switches: 'Switch',
  routers: 'Router',
  networks: 'Network',
  pools: 'Address pool',
  sizes: 'VM size',
  templates: 'Template',
  vms: 'VM',
  clusters: 'Cluster',
  services: 'Service',
  addOns: 'Add-on',
  storages: 'Storage',
  disks: 'Disk',
}

/** Kinds that fail on their own. */
const CAN_BE_ASKED: ReadonlySet<string> = new Set([
  'sites',
  'ups',
  'hosts',
  'disks',
  'storages',
  'switches',
  'routers',
  'networks',
  'vms',
  'unmanaged',
  'services',
])

/** The object that is selected: its problems, what is done with it most, and every field. */
export function Inspector({
  path,
  readOnlyReason,
  onClose,
  onWhatIf,
}: {
  path: readonly string[]
  /** Why nothing can be edited now, null if it can. */
  readOnlyReason: string | null
  onClose: () => void
  /** Shows on the canvas what happens without it. */
  onWhatIf: () => void
}) {
  const store = useEditorStore()
  const topologyId = useEditor((editor) => editor.topologyId)
  const problems = useEditor((editor) => editor.problems)
  const value = useEditor((editor) => valueAt(editor.history.doc.topology, path))
  const id = path.at(-1) ?? ''
  const kind = KIND_WORDS[path.at(-2) ?? ''] ?? 'Object'
  const own = problemsOf(problems, path)
  const name = nameOf(value) ?? id
  const page = pageOf(topologyId, path)
  return (
    <Panel
      name="inspector"
      title={name}
      subtitle={name === id ? kind : `${kind} ${id}`}
      onClose={onClose}
    >
      {own.length > 0 ? (
        <section aria-label="Problems of this object" className="mb-4 border-line border-b pb-3">
          <h3 className="mb-2 font-medium text-caption text-ink-2">Problems ({own.length})</h3>
          <ul className="flex flex-col gap-2">
            {own.map((problem) => (
              <li key={`${problem.code}/${problem.path.join('/')}`}>
                <ProblemNote problem={problem} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {path[0] === 'vms' && path.length === 2 ? (
        <VmActions vm={id} disabledReason={readOnlyReason} />
      ) : null}
      {path[0] === 'clusters' && path.length === 2 ? (
        <ClusterActions cluster={id} disabledReason={readOnlyReason} />
      ) : null}
      {canBeHeld(path) ? (
        <HoldSection key={`hold/${path.join('/')}`} path={path} disabledReason={readOnlyReason} />
      ) : null}
      <ObjectForm key={path.join('/')} path={path} readOnly={readOnlyReason !== null} />
      <div className="mt-4 flex flex-wrap gap-2 border-line border-t pt-4">
        {page ? (
          <Link href={page} className={buttonClass({ size: 'sm' })}>
            Open {kind}
          </Link>
        ) : null}
        {CAN_BE_ASKED.has(path.at(-2) ?? '') ? (
          <Button size="sm" icon={<HeartCrack size={14} aria-hidden />} onClick={onWhatIf}>
            What if this dies
          </Button>
        ) : null}
        <Button
          size="sm"
          icon={<Trash2 size={14} aria-hidden />}
          disabledReason={readOnlyReason}
          onClick={() => {
            store.getState().edit(`Remove ${id}`, removeEdit(path))
            onClose()
          }}
        >
          Remove {kind}
        </Button>
      </div>
    </Panel>
  )
}

function nameOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null
  return typeof value.name === 'string' ? value.name : null
}

function pageOf(topologyId: string, [kind, id]: readonly string[]): string | null {
  if (id === undefined) return null
  if (kind === 'vms') return pages.vm(topologyId, id)
  if (kind === 'networks') return pages.network(topologyId, id)
  return kind === 'hosts' ? pages.host(topologyId, id) : null
}
