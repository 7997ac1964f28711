'use client'

import Link from 'next/link'
import { useEffect } from 'react'
import type { ConnectionSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'

/** Which world the page acts on: a hatched LAB band, or the real connections' names. */
export function EnvironmentMark({ connections }: { connections: readonly ConnectionSummary[] }) {
  const lab = connections.some((connection) => connection.lab)
  const real = connections.filter((connection) => !connection.lab)
  useFavicon(lab && real.length === 0)
  return (
    <>
      {lab ? (
        <Link
          href={pages.lab()}
          title="A simulated homelab: nothing real is touched. Break something in it"
          className="hatched-lab inline-flex h-6 items-center rounded-sm border border-warn px-2 font-semibold text-caption text-ink-1"
        >
          LAB
        </Link>
      ) : null}
      {real.map((connection) => (
        <span
          key={connection.id}
          title={connection.url}
          className="inline-flex h-6 max-w-40 items-center truncate rounded-sm border border-edge px-2 text-caption text-ink-1"
        >
          {connection.name}
        </span>
      ))}
    </>
  )
}

/** The tab shows the band as well, so that ten tabs are told apart. */
function useFavicon(lab: boolean): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (link) link.href = lab ? '/icon-lab.svg' : '/icon.svg'
  }, [lab])
}
