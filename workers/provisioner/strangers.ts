import { IdentityChangedError } from '@/lib/base/identity'
import type { Db } from '@/lib/db/client'
import { connectionsOf, findStranger } from '@/lib/db/identities'
import type { Identities } from './identities'

/** Stops a job when its Proxmox, or the machine in between, shows another identity. */
export type Strangers = {
  /** Aborted, with the {@link IdentityChangedError}, as soon as a stranger was met. */
  signal: AbortSignal
  /** Throws it while one is in the way already. */
  refuse(): Promise<void>
  end(): void
}

/** See {@link Strangers}. `topologyId` null: a job without machines, which meets nobody. */
export async function watchStrangers(
  { db, identities }: { db: Db; identities: Identities },
  topologyId: string | null,
): Promise<Strangers> {
  const mine = new Set(topologyId === null ? [] : await connectionsOf(db, topologyId))
  const controller = new AbortController()
  const end = identities.listen((connectionId, error) => {
    if (mine.has(connectionId)) controller.abort(error)
  })
  return {
    signal: controller.signal,
    async refuse() {
      await identities.settled()
      const change = topologyId === null ? null : await findStranger(db, topologyId)
      if (change !== null) throw new IdentityChangedError(change)
    },
    end,
  }
}
