import type { KnownSecrets } from '@/lib/base/mask'
import type { Secret } from '@/lib/base/secret'
import type { Db } from '@/lib/db/client'
import { openSealed, SecretUnreadableError } from '@/lib/db/secret-open'
import {
  ensureSealed,
  findSealed,
  listSealed,
  putSealed,
  removeSealed,
  seal,
} from '@/lib/db/secrets'
import type { Secrets } from '@/lib/steps/handler'

export type SecretStoreOptions = {
  db: Db
  identity: Secret
  recipient: string
  known: KnownSecrets
  now(): number
}

/** Who is written down as the maker of a secret that a step made. */
const BY = 'provisioner'

/**
 * Learns every stored value that this process has not seen yet, so that it is masked also where it is
 * printed before anybody opened it here, or came from the web process meanwhile. Answers the names of
 * those that do not open: whoever needs one is told.
 */
export async function learnSecrets({
  db,
  identity,
  known,
  seen,
}: Pick<SecretStoreOptions, 'db' | 'identity' | 'known'> & {
  /** Version and time of what was learnt, by name; kept from call to call. */
  seen: Map<string, string>
}): Promise<string[]> {
  const unreadable: string[] = []
  for (const { name, version, at } of await listSealed(db)) {
    const stamp = `${version} ${at}`
    if (seen.get(name) === stamp) continue
    const sealed = await findSealed(db, name)
    if (sealed === null) continue
    try {
      known.add((await openSealed(identity, name, sealed)).reveal())
      seen.set(name, stamp)
    } catch (error) {
      if (!(error instanceof SecretUnreadableError)) throw error
      unreadable.push(name)
    }
  }
  return unreadable
}

/** Sealed secrets, opened; whatever passes through here is masked in every log from then on. */
export function openSecrets({ db, identity, recipient, known, now }: SecretStoreOptions): Secrets {
  const noted = (secret: Secret) => {
    known.add(secret.reveal())
    return secret
  }
  const open = async (name: string, sealed: string) =>
    noted(await openSealed(identity, name, sealed))
  const sealOwn = async (name: string, secret: Secret) => ({
    ...{ name, at: now(), by: BY },
    sealed: await seal(recipient, noted(secret).reveal()),
  })
  return {
    async find(name) {
      const sealed = await findSealed(db, name)
      return sealed === null ? null : open(name, sealed)
    },
    async ensure(name, make) {
      const held = await findSealed(db, name)
      if (held !== null) return open(name, held)
      return open(name, await ensureSealed(db, await sealOwn(name, await make())))
    },
    async put(name, value) {
      await putSealed(db, await sealOwn(name, value))
    },
    async remove(name) {
      await removeSealed(db, name)
    },
  }
}
