'use client'

import { cn } from '@/components/ui/cn'
import { Tooltip } from '@/components/ui/tooltip'
import { pages } from '@/lib/api/paths'
import { PageLink } from './page-link'
import type { RailPage } from './pages'
import { useRailPages } from './use-rail-pages'

/** Where a rail entry leads; a topology's page leads to Welcome while there is no topology. */
export const railPath = (page: RailPage, topologyId: string | null): string =>
  page.scope === 'topology' && topologyId === null ? pages.welcome() : page.path(topologyId ?? '')

/** The left rail: icons below 1280 px, words beside them above. */
export function Rail({
  current,
  topologyId,
}: {
  current: string | null
  topologyId: string | null
}) {
  const shown = useRailPages()
  return (
    <nav
      aria-label="Pages"
      className="sticky top-frame-top hidden h-[calc(100dvh-var(--frame-top))] w-14 shrink-0 flex-col gap-1 overflow-y-auto border-line border-r bg-surface-1 p-2 sm:flex lg:w-44"
    >
      {shown.map((page) => {
        const here = page.id === current
        return (
          <Tooltip key={page.id} text={page.label} side="right">
            <PageLink
              outside={page.outside}
              href={railPath(page, topologyId)}
              aria-current={here ? 'page' : undefined}
              className={cn(
                'flex h-control items-center gap-3 rounded-sm px-3 max-lg:justify-center max-lg:px-0',
                here
                  ? 'bg-surface-2 font-medium text-ink-1'
                  : 'text-ink-2 hover:bg-surface-2 hover:text-ink-1',
                page.id === 'settings' && 'mt-auto',
              )}
            >
              <page.icon size={16} aria-hidden className={here ? 'text-work' : undefined} />
              <span className="max-lg:sr-only">{page.label}</span>
            </PageLink>
          </Tooltip>
        )
      })}
    </nav>
  )
}
