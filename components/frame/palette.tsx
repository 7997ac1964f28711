'use client'

import { Command, defaultFilter } from 'cmdk'
import { useRouter } from 'next/navigation'
import { Dialog as Radix } from 'radix-ui'
import { useState } from 'react'
import { useJobs, useTopologies } from '@/components/query/queries'
import { Kbd } from '@/components/ui/kbd'
import { pages } from '@/lib/api/paths'
import { type Action, keyWays } from './action'
import { useFoundObjects } from './found-objects'

type Entry = {
  id: string
  label: string
  words?: string
  note?: string
  keys?: string
  run: () => void
}

/** Ctrl-K: pages, objects and actions alike, found by any of their words. */
export function Palette({
  open,
  onClose,
  actions,
  topologyId,
}: {
  open: boolean
  onClose: () => void
  actions: readonly Action[]
  topologyId: string | null
}) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-shade" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-150 -translate-x-1/2 overflow-hidden rounded-md border border-line bg-surface-1 shadow-float"
        >
          <Radix.Title className="sr-only">Find anything</Radix.Title>
          <PaletteList actions={actions} topologyId={topologyId} onDone={onClose} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Letters that stand far apart in long texts are no find: Enter would go where nobody wanted. */
const LEAST = 0.001
const likely = (value: string, search: string, words: string[] = []): number => {
  const score = defaultFilter(value, search, words)
  return score < LEAST ? 0 : score
}

function PaletteList({
  actions,
  topologyId,
  onDone,
}: {
  actions: readonly Action[]
  topologyId: string | null
  onDone: () => void
}) {
  const [text, setText] = useState('')
  const groups = usePaletteGroups(actions, topologyId)
  return (
    <Command label="Find anything" loop filter={likely}>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="A page, a VM, an address, an action"
        className="h-12 w-full border-line border-b bg-transparent px-4 text-name outline-none placeholder:text-ink-3"
      />
      <Command.List className="max-h-[60dvh] overflow-y-auto p-2">
        <Command.Empty className="px-2 py-6 text-center text-ink-3">
          Nothing has this name. Try an address, a VMID or a page.
        </Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group.heading}
            heading={group.heading}
            className="**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:py-1 **:[[cmdk-group-heading]]:text-caption **:[[cmdk-group-heading]]:text-ink-3"
          >
            {group.entries.map((entry) => (
              <Command.Item
                key={entry.id}
                value={`${entry.label} ${entry.id}`}
                keywords={entry.words?.split(' ')}
                onSelect={() => {
                  onDone()
                  entry.run()
                }}
                className="flex min-h-8 cursor-pointer items-center gap-3 rounded-sm px-2 py-1 data-[selected=true]:bg-surface-2 pointer-coarse:min-h-12"
              >
                <span className="min-w-0 truncate">{entry.label}</span>
                <span className="min-w-0 flex-1 truncate text-right font-mono text-caption text-ink-3">
                  {entry.note}
                </span>
                {entry.keys ? <Kbd keys={entry.keys} /> : null}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}

function usePaletteGroups(actions: readonly Action[], topologyId: string | null) {
  const router = useRouter()
  const objects = useFoundObjects(topologyId)
  const jobs = useJobs({ limit: 20 }).data ?? []
  const topologies = useTopologies().data ?? []
  const go = (path: string) => () => router.push(path)
  const groups: { heading: string; entries: Entry[] }[] = []
  const add = (heading: string, entries: Entry[]) => {
    if (entries.length > 0) groups.push({ heading, entries })
  }
  const offered = actions.filter((action) => !action.keysOnly && !action.disabledReason)
  for (const heading of new Set(offered.map((action) => action.group)))
    add(
      heading,
      offered
        .filter((action) => action.group === heading)
        .map(({ id, label, words, run, ...action }) => ({
          id,
          label,
          words,
          run,
          keys: keyWays(action)[0],
        })),
    )
  add(
    'Objects',
    objects.map(({ path, ...object }) => ({ ...object, run: go(path) })),
  )
  add(
    'Topologies',
    topologies.map(({ id, name, revision }) => ({
      id: `topology.${id}`,
      label: name,
      words: id,
      note: `r${revision}`,
      run: go(pages.design(id)),
    })),
  )
  add(
    'Jobs',
    jobs.map(({ id, title, status }) => ({
      id: `job.${id}`,
      label: title,
      note: status,
      run: go(pages.job(id)),
    })),
  )
  return groups
}
