'use client'

import { ChevronDown, Search } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTopologies, useTopology } from '@/components/query/queries'
import { Button, IconButton } from '@/components/ui/button'
import { Kbd } from '@/components/ui/kbd'
import { Menu } from '@/components/ui/menu'
import { pages } from '@/lib/api/paths'
import { EnvironmentMark } from './environment-mark'
import { LiveBadge } from './live-badge'
import { Mark } from './mark'
import { PersonMenu } from './person-menu'
import { RunningJob } from './running-job'
import { StateStrip } from './state-strip'
import { UnsafeBadge } from './unsafe-badge'

/** 44 px on every page: where am I, does it run, is what I see current. */
export function TopBar({
  topologyId,
  onSearch,
  onKeys,
}: {
  topologyId: string | null
  onSearch: () => void
  onKeys: () => void
}) {
  const { data: head } = useTopology(topologyId)
  return (
    <header className="sticky top-0 z-40 flex h-frame-top items-center gap-2 border-line border-b bg-surface-1 px-3 sm:gap-3 sm:px-4">
      <Link href={pages.overview()} aria-label="Drawbridge, Overview" className="shrink-0">
        <Mark />
      </Link>
      <TopologyMenu topologyId={topologyId} name={head?.name ?? null} />
      {head ? <EnvironmentMark connections={head.connections} /> : null}
      <div className="min-w-0 max-md:hidden">{head ? <StateStrip head={head} /> : null}</div>
      <div className="ml-auto flex min-w-0 items-center gap-1 sm:gap-2">
        <UnsafeBadge />
        <RunningJob />
        <LiveBadge />
        <Button
          variant="plain"
          size="sm"
          onClick={onSearch}
          className="max-lg:hidden text-ink-3"
          icon={<Search size={14} aria-hidden />}
        >
          Find <Kbd keys="Ctrl-K" />
        </Button>
        <IconButton
          label="Find"
          className="lg:hidden"
          onClick={onSearch}
          icon={<Search size={16} aria-hidden />}
        />
        <PersonMenu onKeys={onKeys} />
      </div>
    </header>
  )
}

/** The name of the topology; with several of them, the way to another. */
function TopologyMenu({ topologyId, name }: { topologyId: string | null; name: string | null }) {
  const router = useRouter()
  const topologies = useTopologies().data ?? []
  const shown = name ?? topologies.find(({ id }) => id === topologyId)?.name ?? topologyId
  if (topologyId === null) return <span className="font-medium">Drawbridge</span>
  return (
    <Menu
      align="start"
      trigger={
        <Button variant="quiet" className="min-w-0 shrink gap-1 px-1 text-ink-1">
          <span className="truncate">{shown}</span>
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
      heading="Topologies"
      items={[
        ...topologies.map((topology) => ({
          id: topology.id,
          label: topology.name,
          checked: topology.id === topologyId,
          onSelect: () => router.push(pages.design(topology.id)),
        })),
        {
          id: 'new',
          label: 'Start another topology',
          separated: true,
          onSelect: () => router.push(pages.welcome()),
        },
      ]}
    />
  )
}
