import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@/lib/base/secret'
import { gitHookName } from '@/lib/plan/secret-names'
import type { Secrets } from '@/lib/steps/handler'
import type { Answers } from './answers'

/** Headers that forges prove themselves with, in lower case. */
export type HookProof = { signature: string | null; token: string | null }

/**
 * Whether a webhook knows the secret. GitHub, Gitea and Forgejo sign the body (HMAC-SHA256, hex, the
 * first with `sha256=` before it); GitLab sends the secret itself. Compared in constant time.
 */
export function isProven(secret: Secret, body: string, { signature, token }: HookProof): boolean {
  if (signature !== null) {
    const wanted = createHmac('sha256', secret.reveal()).update(body, 'utf8').digest('hex')
    return same(signature.replace(/^sha256=/, '').toLowerCase(), wanted)
  }
  return token !== null && same(token, secret.reveal())
}

/** Of equal length first: how long the right one is, is no secret. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What the provisioner answers about webhooks: only it can open their secret. */
export const gitAnswers = (secrets: Secrets): Answers => ({
  async 'git.hook'({ topologyId, body, signature, token }) {
    const secret = await secrets.find(gitHookName(topologyId))
    return { proven: secret !== null && isProven(secret, body, { signature, token }) }
  },
})
