'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { type Tab, Tabs } from '@/components/ui/tabs'

export const OBJECT_TABS = ['now', 'wanted', 'problems', 'history', 'access'] as const
export type ObjectTab = (typeof OBJECT_TABS)[number]

const LABELS: Record<ObjectTab, string> = {
  now: 'Now',
  wanted: 'Wanted',
  problems: 'Problems',
  history: 'History',
  access: 'Access',
}

/** The five tabs that every object has, the chosen one in the URL. */
export function ObjectTabs({
  contents,
  badges = {},
}: {
  contents: Record<ObjectTab, ReactNode>
  badges?: Partial<Record<ObjectTab, ReactNode>>
}) {
  const search = useSearchParams()
  const router = useRouter()
  const pathname = usePathname()
  const value = OBJECT_TABS.find((tab) => tab === search.get('tab')) ?? 'now'
  const tabs: Tab[] = OBJECT_TABS.map((id) => ({
    id,
    label: LABELS[id],
    badge: badges[id],
    content: contents[id],
  }))
  return (
    <Tabs
      label="Views of this object"
      tabs={tabs}
      value={value}
      onChange={(tab) =>
        router.replace(tab === 'now' ? pathname : `${pathname}?tab=${tab}`, { scroll: false })
      }
    />
  )
}
