'use client'

import { useQueryClient } from '@tanstack/react-query'
import { CircleUser, Keyboard, LogOut, UserCog } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useSession } from '@/components/query/queries'
import { IconButton } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'
import { client } from '@/lib/api/client'
import { pages } from '@/lib/api/paths'
import { chooseTheme, useThemeChoice } from './theme'

/** Ends the session and leaves nothing of it in the page's memory. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient()
  return async () => {
    await client.signOut()
    queries.clear()
    await forgetOfflineStatus()
    // A full load, so that no page of the former person is kept either.
    location.assign(pages.signIn())
  }
}

/** The status page keeps its last answer for when the panel is out of reach (status-worker.js). */
async function forgetOfflineStatus(): Promise<void> {
  // Absent where the panel is reached by plain HTTP; then nothing was kept either.
  if (!('caches' in globalThis)) return
  for (const name of await caches.keys()) {
    if (name.startsWith('drawbridge-status-'))
      await (await caches.open(name)).delete(pages.status())
  }
}

/** The own account, theme, keyboard, sign out. */
export function PersonMenu({ onKeys }: { onKeys: () => void }) {
  const session = useSession()
  const choice = useThemeChoice()
  const signOut = useSignOut()
  const router = useRouter()
  const me = session.data?.me
  const theme = (value: 'system' | 'dark' | 'light', label: string, separated = false) => ({
    id: `theme-${value}`,
    label,
    checked: choice === value,
    separated,
    onSelect: () => chooseTheme(value),
  })
  return (
    <Menu
      trigger={
        <IconButton
          label={me ? `Signed in as ${me.name}` : 'Person'}
          icon={<CircleUser size={18} aria-hidden />}
        />
      }
      heading={me ? `${me.name} - ${me.role}` : undefined}
      items={[
        {
          id: 'account',
          label: 'My account',
          icon: <UserCog size={14} />,
          onSelect: () => router.push(pages.account()),
        },
        theme('system', 'Theme of the system', true),
        theme('dark', 'Dark theme'),
        theme('light', 'Light theme'),
        {
          id: 'keys',
          label: 'Keyboard',
          keys: '?',
          icon: <Keyboard size={14} />,
          separated: true,
          onSelect: onKeys,
        },
        {
          id: 'sign-out',
          label: 'Sign out',
          icon: <LogOut size={14} />,
          separated: true,
          onSelect: () => void signOut(),
        },
      ]}
    />
  )
}
