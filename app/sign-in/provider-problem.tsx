import { ErrorState } from '@/components/ui/states'

/**
 * Why the provider signed nobody in. The address holds the code alone: a sentence in it could be
 * anybody's. What the provider itself said is in the audit log.
 */
export const ProviderProblem = ({ code }: { code: string }) => (
  <ErrorState
    message={
      SENTENCE[code] ??
      'You are not signed in - the identity provider or the way to it did not do as expected - try again, or ask an admin, who finds the reason in the audit log.'
    }
    code={/^[a-z][a-z.-]{2,60}$/.test(code) ? code : null}
  />
)

const SENTENCE: Record<string, string | undefined> = {
  'oidc.unreachable':
    'You are not signed in - the identity provider does not answer - try again, or sign in with the password of a break-glass account.',
  'oidc.turned-down':
    'You are not signed in - the identity provider turned it down - choose another account there, or ask its admin.',
  'oidc.not-asked-for':
    'You are not signed in - this browser did not ask for it, or more than 10 minutes ago - start again with the button.',
  'session.switched-off':
    'You are not signed in - this account was switched off - ask an admin of this panel.',
}
