import {
  Activity,
  Boxes,
  FlaskConical,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  PencilRuler,
  Puzzle,
  ScrollText,
  Server,
  Settings,
} from 'lucide-react'
import { pages } from '@/lib/api/paths'

/** One page of the rail: where it is, and its letter after `g`. */
export type RailPage = {
  id: string
  label: string
  icon: LucideIcon
  /** Pressed after `g`. */
  letter: string
  /** Pages of a topology need to know which. */
  scope: 'panel' | 'topology'
  path: (topologyId: string) => string
  /** Served outside the frame's own pages: reached by a full load, never fetched ahead. */
  outside?: true
}

/** The rail, the palette's pages and the `g` shortcuts, in this order. */
export const RAIL: readonly RailPage[] = [
  page('overview', 'Overview', LayoutDashboard, 'o', 'panel', pages.overview),
  page('design', 'Design', PencilRuler, 'd', 'topology', pages.design),
  page('plan', 'Plan', ListChecks, 'p', 'topology', (t) => pages.plan(t)),
  page('jobs', 'Jobs', ScrollText, 'j', 'panel', pages.jobs),
  page('machines', 'Machines', Server, 'm', 'topology', pages.machines),
  page('cluster', 'Cluster', Boxes, 'c', 'topology', pages.cluster),
  page('add-ons', 'Add-ons', Puzzle, 'a', 'topology', pages.addOns),
  { ...page('status', 'Status', Activity, 's', 'panel', pages.status), outside: true },
  page('lab', 'Lab', FlaskConical, 'l', 'panel', pages.lab),
  page('settings', 'Settings', Settings, 'x', 'panel', pages.connections),
]

function page(
  id: string,
  label: string,
  icon: LucideIcon,
  letter: string,
  scope: RailPage['scope'],
  path: RailPage['path'],
): RailPage {
  return { id, label, icon, letter, scope, path }
}

const IN_TOPOLOGY: Record<string, string> = {
  hosts: 'machines',
  vms: 'machines',
  networks: 'machines',
}

/** The rail entry that a path belongs to, null for pages outside the rail. */
export function railPageOf(pathname: string): string | null {
  const parts = pathname.split('/').filter(Boolean)
  if (parts.length === 0) return 'overview'
  const section = parts[0] === 't' ? (parts[2] ?? null) : (parts[0] ?? null)
  if (section === null) return null
  const id = IN_TOPOLOGY[section] ?? section
  return RAIL.some((each) => each.id === id) ? id : null
}

/** The topology that a path names, null if it names none. */
export function topologyOf(pathname: string): string | null {
  const match = /^\/t\/([^/]+)/.exec(pathname)
  return match?.[1] ? decodeURIComponent(match[1]) : null
}
