import type { KnownSecrets } from '@/lib/base/mask'
import type { Secret } from '@/lib/base/secret'
import type { Db } from '@/lib/db/client'
import { openSealed } from '@/lib/db/secret-open'
import { ensureSealed, findSealed, putSealed, removeSealed, seal } from '@/lib/db/secrets'
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
