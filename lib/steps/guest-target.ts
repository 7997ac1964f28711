import { PanelError } from '@/lib/base/errors'
import type { Dialer } from '@/lib/io/dialer'
import { hostKeyName, userKeyName } from '@/lib/plan/secret-names'
import type { GuestRef } from '@/lib/plan/step'
import type { SshTarget } from '@/lib/ssh/connect'
import { publicKeyOf } from '@/lib/ssh/keys'
import type { Secrets } from './handler'

/** The panel has no keys for a guest: it was not made by it, or its secrets were lost. */
export class GuestKeysMissingError extends PanelError {
  readonly code = 'guest.keys-missing'

  constructor(name: string) {
    super(
      `The panel has no SSH keys for ${name} - it was not built by this panel, or its secrets were not restored; Rebuild makes new ones.`,
    )
  }
}

/**
 * How to reach a guest and what it has to prove, from the secret store. `accepted`: the public host
 * key that a person accepted in place of the one that the panel made; null: none.
 */
export async function guestTarget(
  ref: GuestRef,
  secrets: Pick<Secrets, 'find'>,
  dialer: Dialer,
  accepted: string | null = null,
): Promise<SshTarget> {
  const [privateKey, hostKey] = await Promise.all([
    secrets.find(userKeyName(ref.topologyId)),
    secrets.find(hostKeyName(ref.topologyId, ref.vm)),
  ])
  if (!privateKey || !hostKey) throw new GuestKeysMissingError(ref.name)
  const { name, address, user } = ref
  const made = publicKeyOf(hostKey)
  return {
    ...{ name, address, user, privateKey, dialer },
    hostKey: accepted ?? made,
    ...(accepted === null ? {} : { madeHostKey: made }),
  }
}

/** Key of a guest's session in the pool. */
export const guestKey = ({ topologyId, vm }: Pick<GuestRef, 'topologyId' | 'vm'>): string =>
  `${topologyId}/${vm}`
