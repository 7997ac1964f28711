import { Section } from '@/components/frame/page'
import { CodeLine } from '@/components/ui/copy'
import type { GitLinkAnswer } from '@/lib/api/contract-git'

/** The public half of the panel's key, to be put where the repository is. */
export function GitKey({ link }: { link: GitLinkAnswer }) {
  if (link.settings.auth !== 'ssh-key') return null
  return (
    <Section title="Deploy key">
      <p className="mb-2 max-w-[72ch] text-ink-2">
        Put this on the server as a deploy key that may write. Its other half never leaves the
        panel.
      </p>
      {link.publicKey === null ? (
        <p className="text-ink-3">The key is being made.</p>
      ) : (
        <CodeLine text={`${link.publicKey} drawbridge`} label="Copy the public key" />
      )}
      {link.hostKey ? (
        <p className="mt-2 text-caption text-ink-3">
          Accepted host key:{' '}
          <span className="wrap-anywhere font-mono">{link.hostKey.fingerprint}</span>
        </p>
      ) : null}
    </Section>
  )
}
