'use client'

import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { useWhyNotRole } from '@/components/query/use-may'
import { confirmDone } from '@/components/ui/toast'
import { ApiFailure, client } from '@/lib/api/client'
import { pages } from '@/lib/api/paths'
import type { Action } from './action'
import { RAIL } from './pages'
import { useSignOut } from './person-menu'
import { chooseTheme } from './theme'

/** What can be done from every page. `go` takes a path; the openers show the frame's own layers. */
export function frameActions(
  topologyId: string | null,
  does: {
    go: (path: string) => void
    /** A full load, for what is no page of the frame. */
    leave: (path: string) => void
    openPalette: () => void
    openKeys: () => void
    signOut: () => void
    look: (topologyId: string) => void
    /** Why this person may not start jobs, null if they may. */
    mayNotOperate: string | null
  },
): Action[] {
  const needsTopology = topologyId === null ? 'There is no topology yet.' : null
  return [
    ...RAIL.map((page): Action => {
      const disabledReason = page.scope === 'topology' ? needsTopology : null
      return {
        id: `go.${page.id}`,
        label: `Go to ${page.label}`,
        group: 'Go to',
        keys: `g ${page.letter}`,
        ...(page.id === 'lab' ? { words: 'simulation break failure fault power cut reset' } : {}),
        disabledReason,
        run: () => (page.outside ? does.leave : does.go)(page.path(topologyId ?? '')),
      }
    }),
    {
      id: 'go.history',
      label: 'Go to History',
      group: 'Go to',
      keys: 'g h',
      words: 'revisions compare restore',
      disabledReason: needsTopology,
      run: () => does.go(pages.history(topologyId ?? '')),
    },
    {
      id: 'go.addresses',
      label: 'Go to Addresses',
      group: 'Go to',
      words: 'ip ipam free reserve mac vmid',
      disabledReason: needsTopology,
      run: () => does.go(pages.addresses(topologyId ?? '')),
    },
    {
      id: 'go.what-if',
      label: 'Go to What if',
      group: 'Go to',
      words: 'fails dies survive single point of failure maintenance one more worker',
      disabledReason: needsTopology,
      run: () => does.go(pages.whatIf(topologyId ?? '')),
    },
    {
      id: 'go.fit',
      label: 'Go to Fit',
      group: 'Go to',
      words: 'machines at hand bridge storage dhcp vlan flat blueprint proxmox adapt',
      disabledReason: needsTopology,
      run: () => does.go(pages.fit(topologyId ?? '')),
    },
    {
      id: 'go.adopt',
      label: 'Go to My Proxmox',
      group: 'Go to',
      words: 'adopt import existing machines running read take over unmanaged',
      disabledReason: needsTopology,
      run: () => does.go(pages.adopt(topologyId ?? '')),
    },
    {
      id: 'look.again',
      label: 'Look at the hosts again',
      group: 'Do',
      words: 'refresh observe',
      disabledReason: needsTopology ?? does.mayNotOperate,
      run: () => {
        if (topologyId) does.look(topologyId)
      },
    },
    {
      id: 'connection.add',
      label: 'Connect a Proxmox',
      group: 'Do',
      words: 'connection host settings',
      run: () => does.go(`${pages.connections()}?add=1`),
    },
    {
      id: 'topology.new',
      label: 'Start another topology',
      group: 'Do',
      words: 'welcome blueprint import',
      run: () => does.go(pages.welcome()),
    },
    theme('dark'),
    theme('light'),
    theme('system'),
    {
      id: 'palette',
      label: 'Find anything',
      group: 'Panel',
      keys: 'Ctrl-K, /',
      keysOnly: true,
      run: does.openPalette,
    },
    {
      id: 'keys',
      label: 'Show the keyboard',
      group: 'Panel',
      keys: '?',
      words: 'shortcuts help',
      run: does.openKeys,
    },
    { id: 'sign-out', label: 'Sign out', group: 'Panel', run: does.signOut },
  ]
}

const theme = (choice: 'dark' | 'light' | 'system'): Action => ({
  id: `theme.${choice}`,
  label: choice === 'system' ? 'Use the theme of the system' : `Use the ${choice} theme`,
  group: 'Panel',
  words: 'theme colour appearance',
  run: () => chooseTheme(choice),
})

/** Says that the hosts are looked at, and where; or why they are not, for it was pressed nowhere. */
async function look(topologyId: string, watch: (jobId: string) => void): Promise<void> {
  try {
    const { jobId } = await client.errand(topologyId, { kind: 'refresh' })
    confirmDone('The hosts are looked at again.', { label: 'Watch', run: () => watch(jobId) })
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    confirmDone(error.message)
  }
}

/** {@link frameActions} bound to this page. */
export function useFrameActions(
  topologyId: string | null,
  openPalette: () => void,
  openKeys: () => void,
): Action[] {
  const router = useRouter()
  const signOut = useSignOut()
  const mayNotOperate = useWhyNotRole('operator', { topology: topologyId })
  // biome-ignore lint/correctness/useExhaustiveDependencies: signOut is new on every render and does the same
  return useMemo(
    () =>
      frameActions(topologyId, {
        go: (path) => router.push(path),
        leave: (path) => location.assign(path),
        openPalette,
        openKeys,
        signOut: () => void signOut(),
        look: (id) => void look(id, (jobId) => router.push(pages.job(jobId))),
        mayNotOperate,
      }),
    [topologyId, router, openPalette, openKeys, mayNotOperate],
  )
}
