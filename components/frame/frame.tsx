'use client'

import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { useSession } from '@/components/query/queries'
import { pages } from '@/lib/api/paths'
import { useLiveQueries } from '@/lib/live/client'
import { BottomBar } from './bottom-bar'
import { useCurrentTopology } from './current-topology'
import { useFrameActions } from './frame-actions'
import { KeySheet } from './key-sheet'
import { useAddedActions } from './page-actions'
import { railPageOf } from './pages'
import { Palette } from './palette'
import { Rail } from './rail'
import { TopBar } from './top-bar'
import { useShortcuts } from './use-shortcuts'

type Layer = 'none' | 'palette' | 'keys'

/** What stands around every page of the panel. */
export function Frame({ children }: { children: ReactNode }) {
  const [layer, setLayer] = useState<Layer>('none')
  const openPalette = useCallback(() => setLayer('palette'), [])
  const openKeys = useCallback(() => setLayer('keys'), [])
  const close = useCallback(() => setLayer('none'), [])
  const current = railPageOf(usePathname())
  const topologyId = useCurrentTopology()
  const own = useFrameActions(topologyId, openPalette, openKeys)
  const added = useAddedActions()
  const actions = useMemo(() => [...own, ...added], [own, added])
  useShortcuts(actions)
  useLiveQueries()
  useSignedIn()
  return (
    <>
      <a
        href="#main"
        className="-translate-y-16 fixed top-1 left-1 z-60 rounded-sm bg-button px-3 py-2 text-white focus:translate-y-0"
      >
        Skip to the page
      </a>
      <TopBar topologyId={topologyId} onSearch={openPalette} onKeys={openKeys} />
      <div className="flex">
        <Rail current={current} topologyId={topologyId} />
        <main
          id="main"
          tabIndex={-1}
          className="min-w-0 flex-1 outline-none max-sm:pb-[calc(56px+env(safe-area-inset-bottom))]"
        >
          {children}
        </main>
      </div>
      <BottomBar current={current} topologyId={topologyId} />
      <Palette
        open={layer === 'palette'}
        onClose={close}
        actions={actions}
        topologyId={topologyId}
      />
      <KeySheet open={layer === 'keys'} onClose={close} actions={actions} />
    </>
  )
}

/** A session that ended while the page was open leads to the door, and back afterwards. */
function useSignedIn(): void {
  const { data } = useSession()
  const router = useRouter()
  const pathname = usePathname()
  useEffect(() => {
    if (data && !data.me) router.replace(`${pages.signIn()}?next=${encodeURIComponent(pathname)}`)
  }, [data, router, pathname])
}
