'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { Monitor, SquareTerminal } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { ApiFailure } from '@/lib/api/client'
import { consoleClient, consoleKeys } from '@/lib/api/client-console'
import type { ConsoleKind } from '@/lib/api/contract-console'
import type { ObservedVm, Seen } from '@/lib/plan/observed'

// Loaded when the first console is opened: together they are larger than the page.
const SerialTerminal = lazy(() => import('./serial-terminal'))
const ScreenViewer = lazy(() => import('./screen-viewer'))

const NAMES: Record<ConsoleKind, string> = { serial: 'serial console', screen: 'screen' }

type Shown = { kind: ConsoleKind; id: string }

/** A VM's serial console and screen, through the panel. */
export function VmConsole({
  topologyId,
  vm,
  seen,
}: {
  topologyId: string
  vm: string
  seen: Seen<ObservedVm> | undefined
}) {
  const confirmed = useConfirmed()
  const [shown, setShown] = useState<Shown | null>(null)
  const [ended, setEnded] = useState<string | null>(null)
  const closeButton = useRef<HTMLButtonElement>(null)
  const reason = useWhyNot(topologyId, seen)
  const open = useMutation({
    mutationFn: async ({ kind, take }: { kind: ConsoleKind; take: boolean }) => {
      setEnded(null)
      setShown(null)
      const { id } = await confirmed(() =>
        consoleClient.open(topologyId, { vm, kind, ...(take ? { take } : {}) }),
      )
      return { kind, id }
    },
    onSuccess: setShown,
    gcTime: 0,
  })
  const start = (kind: ConsoleKind) => open.mutate({ kind, take: false })
  const onEnd = (why: string) => {
    setShown(null)
    setEnded(why)
  }
  const View = shown?.kind === 'serial' ? SerialTerminal : ScreenViewer
  return (
    <section aria-labelledby="console" className="mt-6 flex max-w-240 flex-col gap-2">
      <h2 id="console" className="font-semibold text-name">
        Console
      </h2>
      <p className="max-w-[72ch] text-ink-2 text-prose">
        It goes through the panel to Proxmox. Who opens it, and when it closes, is written in the
        audit log; what is shown and typed is kept nowhere.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          icon={<SquareTerminal size={16} aria-hidden />}
          busy={open.isPending && open.variables.kind === 'serial'}
          disabledReason={reason}
          onClick={() => start('serial')}
        >
          Open serial console
        </Button>
        <Button
          icon={<Monitor size={16} aria-hidden />}
          busy={open.isPending && open.variables.kind === 'screen'}
          disabledReason={reason}
          onClick={() => start('screen')}
        >
          Open screen
        </Button>
        {shown ? (
          <Button ref={closeButton} onClick={() => setShown(null)}>
            Close {NAMES[shown.kind]}
          </Button>
        ) : null}
      </div>
      <InUse topologyId={topologyId} vm={vm} />
      {open.error ? (
        <FailureNote
          error={open.error}
          action={
            isTaken(open.error) ? (
              <Button onClick={() => open.mutate({ kind: 'serial', take: true })}>
                Take it over
              </Button>
            ) : undefined
          }
        />
      ) : null}
      {ended === null ? null : <ErrorState message={`It ended. ${ended}`} />}
      {shown ? (
        <div className="rounded-md border border-line bg-[#0e1116]">
          <Suspense fallback={<SkeletonRows />}>
            <View
              key={shown.id}
              {...{ topologyId, id: shown.id, onEnd }}
              onLeave={() => closeButton.current?.focus()}
            />
          </Suspense>
        </div>
      ) : null}
      {shown ? (
        <p className="text-caption text-ink-3">
          Press Enter if it shows nothing: a machine repeats its login prompt. Shift+Esc gives the
          keyboard back to the page. It closes after half an hour without a key.
        </p>
      ) : null}
    </section>
  )
}

const isTaken = (error: Error): boolean =>
  error instanceof ApiFailure && error.code === 'console.taken'

/** Why a console cannot be opened now; the server decides. */
function useWhyNot(topologyId: string, seen: Seen<ObservedVm> | undefined): string | null {
  const role = useWhyNotRole('operator', { topology: topologyId })
  const { data } = useSession()
  if (role !== null) return role
  if (data?.session?.kind === 'phone') return 'A console is opened at a desk, not on a phone.'
  if (seen?.state === 'absent') return 'It does not exist yet.'
  if (seen?.state === 'known' && !seen.value.running) return 'It is switched off; start it first.'
  return null
}

/** Who else looks at it. */
function InUse({ topologyId, vm }: { topologyId: string; vm: string }) {
  const { data } = useQuery({
    queryKey: consoleKeys.ofTopology(topologyId),
    queryFn: ({ signal }) => consoleClient.consoles(topologyId, signal),
  })
  const others = data?.consoles.filter((one) => one.vm === vm && !one.own) ?? []
  if (others.length === 0) return null
  return (
    <ul className="text-ink-2">
      {others.map(({ by, kind, since }) => (
        <li key={`${by} ${kind}`}>
          {by} has the {NAMES[kind]} open since <Time at={since} />.
        </li>
      ))}
    </ul>
  )
}
