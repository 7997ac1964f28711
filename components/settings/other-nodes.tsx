import { StateMark } from '@/components/ui/state-mark'
import type { ConnectionSummary, SeenAddress } from '@/lib/api/contract'
import { AcceptCertificate } from './accept-certificate'

/** What the last test found at the other nodes, where there are any; accepts their certificates. */
export function OtherNodes({ connection }: { connection: ConnectionSummary }) {
  const seen = connection.state.addresses ?? []
  if (seen.length === 0) return null
  const unpinned = (url: string) =>
    connection.caPem === null &&
    connection.others.some((other) => other.url === url && other.fingerprint === null)
  const told = ({ url, reason, certificate }: SeenAddress): string => {
    if (reason === null) return 'answers.'
    return certificate !== null && unpinned(url)
      ? 'shows a certificate that nobody has accepted yet, so it is asked nothing.'
      : reason
  }
  return (
    <section aria-label="Addresses at the last test" className="mt-3">
      <ul className="flex flex-col gap-1">
        {seen.map((each) => (
          <li key={each.url} className="flex items-start gap-2">
            <StateMark state={each.reason === null ? 'ok' : 'warn'} className="mt-1" />
            <p className="min-w-0 max-w-[72ch] break-words text-prose">
              <span className="font-mono">{each.url}</span>{' '}
              <span className="text-ink-2">{told(each)}</span>
            </p>
          </li>
        ))}
      </ul>
      {seen.map(({ url, reason, certificate }) =>
        reason !== null && certificate !== null && unpinned(url) ? (
          <AcceptCertificate key={url} connection={connection} offered={certificate} node={url} />
        ) : null,
      )}
    </section>
  )
}
