'use client'

import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { people } from '@/lib/api/client-people'
import type { BreakGlassUse } from '@/lib/api/contract-people'
import { usePeople, usePeopleChange } from './use-people'

/** A break-glass account was used: shown to every admin until one of them has looked. */
export function BreakGlassNotice() {
  const uses = usePeople().data?.breakGlass ?? []
  return uses.length === 0 ? null : <Uses uses={uses} />
}

function Uses({ uses }: { uses: readonly BreakGlassUse[] }) {
  const me = useSession().data?.me?.id
  const [last] = uses
  const note = usePeopleChange(() => people.change(me ?? '', { breakGlassSeen: last?.seq ?? 0 }))
  return (
    <div className="mb-4 flex flex-col gap-2">
      <ErrorState
        level="warn"
        code="session.break-glass"
        message="A break-glass account signed in by its password although people come through the provider. If it was none of you, end its sessions and change its password."
        action={
          <Button busy={note.isPending} onClick={() => note.mutate(undefined)}>
            It was one of us
          </Button>
        }
      />
      <ul className="flex flex-col gap-1 px-3 text-ink-2">
        {uses.map(({ seq, at, name, from }) => (
          <li key={seq}>
            {name} <Time at={at} />
            {from ? <span className="font-mono text-caption"> from {from}</span> : null}
          </li>
        ))}
      </ul>
      {note.error ? <FailureNote error={note.error} /> : null}
    </div>
  )
}
