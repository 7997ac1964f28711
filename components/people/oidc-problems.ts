/**
 * Why the provider signed nobody in, by the code that the address holds; a sentence there could be
 * anybody's. What the provider itself said is in the audit log. What - why - what to do.
 */
export const OIDC_PROBLEMS: Readonly<Record<string, string | undefined>> = {
  'oidc.unreachable':
    'You are not signed in - the identity provider does not answer - try again, or sign in with the password of a break-glass account.',
  'oidc.tls':
    'You are not signed in - the identity provider could not prove who it is - ask an admin, who finds the reason in the audit log.',
  'oidc.clock':
    'You are not signed in - the clocks of the identity provider and of this panel differ too much - ask an admin to set them.',
  'oidc.turned-down':
    'You are not signed in - the identity provider turned it down - choose another account there, or ask its admin.',
  'oidc.code-refused':
    'You are not signed in - the answer of the identity provider was too old or used already - start again with the button.',
  'oidc.not-asked-for':
    'You are not signed in - this browser did not ask for it, or more than 10 minutes ago - start again with the button.',
  'oidc.not-fresh':
    'It is not proved yet - the identity provider did not ask anew who you are - use a passkey or a password, under My account.',
  'oidc.another-person':
    'It is not proved yet - at the identity provider somebody else is signed in than here - sign in there as yourself.',
  'oidc.linked-elsewhere':
    'Nothing was connected - one of the two accounts is connected with another one already - sign in with that one, or ask an admin to take it away.',
  'oidc.second-factor-first':
    'You are not signed in - the account has one-time codes, which the invitation does not stand in for - open the link again, set a password, and sign in with it and a code.',
  'oidc.not-begun-here':
    'Nothing was connected - only the panel’s own page may ask for it, shortly after a proof that it is you - use the button under My account.',
  'oidc.asked-elsewhere':
    'You are not signed in - another site’s page asked for it - start here, with the button.',
  'oidc.no-account':
    'You are not signed in - the identity provider knows you, and this panel has no account of yours - ask an admin of this panel for an invitation.',
  'oidc.name-taken':
    'You are not signed in - an account of your name exists here and is not connected with the provider; a name alone proves nothing - sign in to it and connect it under My account, or ask an admin for an invitation.',
  'oidc.no-name':
    'You are not signed in - the identity provider did not say what you are called - ask an admin to add that to what it sends.',
  'oidc.no-groups':
    'You are not signed in - groups decide who may, and the identity provider sends none - ask an admin to add them to what it sends.',
  'oidc.not-admitted':
    'You are not signed in - none of your groups at the identity provider is let in here - ask who runs it for one of them.',
  'oidc.none':
    'You are not signed in - no identity provider is set up any more - sign in by name and password.',
  'invite.unknown':
    'You are not signed in - the invitation was used or ended meanwhile - ask an admin of this panel for a new one.',
  'session.switched-off':
    'You are not signed in - this account was switched off - ask an admin of this panel.',
  'session.none': 'You are not signed in - the session ended - sign in again.',
  'session.too-many-attempts':
    'You are not signed in - there were too many attempts from your address - wait five minutes.',
  'worker.away':
    'You are not signed in - the part of the panel that speaks to the provider is starting again - wait a moment and try again.',
}

/** The sentence for a code, also for one that this page does not know. */
export const oidcProblem = (code: string): string =>
  OIDC_PROBLEMS[code] ??
  'You are not signed in - the identity provider or the way to it did not do as expected - try again, or ask an admin, who finds the reason in the audit log.'

/** Whether a text may be shown as a code at all. */
export const isCode = (text: string): boolean => /^[a-z][a-z.-]{2,60}$/.test(text)
