import { IdentityChangedError } from '@/lib/base/identity'
import type { Actor } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import {
  clearChange,
  findIdentity,
  type IdentityPlace,
  recordChange,
  repinMade,
} from '@/lib/db/identities'
import type { Log } from '@/lib/io/log'
import type { Tell } from './tell'

/** Who a machine showed itself to be, kept for everybody who asks later. */
export type Identities = {
  /** Stores what a driver was shown, and tells those who listen at once. */
  changed(id: string, place: IdentityPlace, error: IdentityChangedError): void
  /** The accepted one was shown: what stood in the way is gone. */
  proven(id: string): void
  /** A VM shows the key that the panel made, where a person had accepted another. */
  remade(id: string, made: string): void
  /** What a person accepted under this id, and `name` where given; null: nothing. */
  pinned(id: string, name?: string): Promise<string | null>
  /**
   * Throws {@link IdentityChangedError} while another identity than `expected` is in the way. One
   * that was in the way of something else (a fingerprint since replaced) is forgotten.
   */
  mustBe(id: string, expected: string | null): Promise<void>
  /** Calls back when a connection's identity changes. Returns how to stop it. */
  listen(listener: (connectionId: string, error: IdentityChangedError) => void): () => void
  /** Resolves when everything that was told is stored. */
  settled(): Promise<void>
}

/** Who writes it down. */
export const PROVISIONER: Actor = { id: null, name: 'provisioner', via: 'provisioner', from: null }

/** See {@link Identities}. What cannot be stored is logged; the driver refuses the machine anyway. */
export function keepIdentities(options: {
  db: Db
  tell: Tell
  log: Log
  now(): number
}): Identities {
  const { db, tell, log, now } = options
  const writes = new Set<Promise<void>>()
  const listeners = new Set<(connectionId: string, error: IdentityChangedError) => void>()
  /** One after the other, in the order in which things were seen. */
  let last: Promise<void> = Promise.resolve()
  const write = (what: string, work: () => Promise<void>) => {
    const mine = last.then(work).catch((error: unknown) => log(`${what}: ${String(error)}`))
    last = mine
    writes.add(mine)
    void mine.finally(() => writes.delete(mine))
  }
  const settled = async () => void (await Promise.all(writes))
  return {
    settled,
    changed(id, place, error) {
      const { change } = error
      write(`the changed identity ${id} could not be stored`, async () => {
        const news = await recordChange(db, id, change, { place, actor: PROVISIONER, now: now() })
        if (!news) return
        log(error.message)
        tellOf(tell, place, now())
      })
      if (place.connectionId === undefined) return
      for (const listener of listeners) listener(place.connectionId, error)
    },
    proven(id) {
      write(`the identity ${id} could not be cleared`, async () => void (await clearChange(db, id)))
    },
    remade(id, made) {
      write(`the identity ${id} could not be pinned again`, () =>
        repinMade(db, id, { actor: PROVISIONER, now: now(), made }),
      )
    },
    async pinned(id, name) {
      await settled()
      const found = await findIdentity(db, id)
      return found === null || (name !== undefined && found.name !== name) ? null : found.pinned
    },
    async mustBe(id, expected) {
      await settled()
      const change = (await findIdentity(db, id))?.change ?? null
      if (change === null) return
      if (change.expected === expected) throw new IdentityChangedError(change)
      await clearChange(db, id)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function tellOf(tell: Tell, { connectionId, topologyId }: IdentityPlace, at: number): void {
  if (connectionId !== undefined) tell('connections-changed', { connectionId })
  if (topologyId !== undefined) tell('observed', { topologyId, at })
}
