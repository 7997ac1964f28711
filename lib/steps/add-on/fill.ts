import { randomBytes } from 'node:crypto'
import { Secret } from '@/lib/base/secret'
import { fillSecrets, secretNames } from '@/lib/catalogue/values'
import { documentSecretName } from '@/lib/plan/secret-names'
import type { StepContext } from '../handler'

/** 24 characters: base64url of 18 random bytes. */
const makePassword = () => new Secret(randomBytes(18).toString('base64url'))

/** `tree` with its secrets in place. One that nobody has set is made, and sealed before it is used. */
export async function fill<T>(tree: T, topologyId: string, ctx: StepContext): Promise<T> {
  const values = new Map<string, Secret>()
  for (const name of secretNames(tree)) {
    values.set(name, await ctx.secrets.ensure(documentSecretName(topologyId, name), makePassword))
  }
  return fillSecrets(tree, (name) => (values.get(name) as Secret).reveal())
}
