'use client'

import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react'
import { useSession } from '@/components/query/queries'
import { ApiFailure } from '@/lib/api/client'
import { ConfirmDialog } from './confirm-dialog'

/** Runs what may be refused until the person proves who they are; asks, and runs it again. */
type Confirmed = <T>(run: () => Promise<T>) => Promise<T>

const Context = createContext<Confirmed | null>(null)

const isRefused = (error: unknown): error is ApiFailure =>
  error instanceof ApiFailure && error.code === 'confirm.sign-in-again'

/** Holds the one dialog that asks; several that wait are all let through by one proof. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const waiting = useRef<((proved: boolean) => void)[]>([])
  const [asking, setAsking] = useState(false)
  const confirmed = useCallback(async <T,>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      if (!isRefused(error)) throw error
      const proved = await new Promise<boolean>((resolve) => {
        waiting.current.push(resolve)
        setAsking(true)
      })
      // Turned down: the caller shows the refusal, which says what it takes.
      if (!proved) throw error
      return run()
    }
  }, [])
  const finish = (proved: boolean) => {
    setAsking(false)
    for (const resolve of waiting.current.splice(0)) resolve(proved)
  }
  return (
    <Context value={confirmed}>
      {children}
      <ConfirmDialog open={asking} onProved={() => finish(true)} onClose={() => finish(false)} />
    </Context>
  )
}

/**
 * `const confirmed = useConfirmed(); await confirmed(() => client.x())`: for every call whose row in
 * the access table is `confirmed`, and for what a phone does beyond looking.
 */
export function useConfirmed(): Confirmed {
  const confirmed = use(Context)
  if (!confirmed) throw new Error('useConfirmed() outside ConfirmProvider')
  return confirmed
}

/**
 * {@link useConfirmed} where this is a phone's session, which only looks until it is confirmed; at a
 * desk it runs what it is given.
 */
export function useConfirmedOnPhone(): Confirmed {
  const confirmed = useConfirmed()
  const { data } = useSession()
  return data?.session?.kind === 'phone' ? confirmed : asItIs
}

const asItIs: Confirmed = (run) => run()
