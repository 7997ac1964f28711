'use client'

import { useState, useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import type { MyAccount } from '@/lib/api/contract-account'

const never = () => () => {}
const keyOf = (id: string) => `drawbridge.places-seen.${id}`

/** Sign-ins from a place that was never seen before, until the person says that they know of them. */
export function NewPlaces({ me }: { me: MyAccount }) {
  const stored = useSyncExternalStore(
    never,
    () => Number(localStorage.getItem(keyOf(me.id)) ?? 0),
    () => Number.POSITIVE_INFINITY,
  )
  const [seen, setSeen] = useState(0)
  const places = me.newPlaces.filter(({ at }) => at > Math.max(stored, seen))
  const [newest] = places
  if (!newest) return null
  const know = () => {
    localStorage.setItem(keyOf(me.id), String(newest.at))
    setSeen(newest.at)
  }
  return (
    <section
      aria-label="New places"
      className="mb-6 flex items-start gap-3 rounded-md border border-warn bg-warn/12 px-3 py-2"
    >
      <StateMark state="warn" className="mt-1" />
      <div className="min-w-0 flex-1">
        <p className="max-w-[72ch] text-prose">
          Signed in from a place that was not seen before. If that was not you, change the password:
          it ends every other session.
        </p>
        <ul className="mt-1">
          {places.map(({ at, from, device }) => (
            <li key={at}>
              {device} from <span className="font-mono">{from}</span>, <Time at={at} />
            </li>
          ))}
        </ul>
        <Button className="mt-2" onClick={know}>
          That was me
        </Button>
      </div>
    </section>
  )
}
