import { StateMark } from '@/components/ui/state-mark'
import type { ConnectionSummary } from '@/lib/api/contract'
import { AcceptCertificate } from './accept-certificate'

/** What the last test found at the other nodes, where there are any; accepts their certificates. */
export function OtherNodes({ connection }: { connection: ConnectionSummary }) {
  const seen = connection.state.addresses ?? []
  if (seen.length === 0) return null
  const unpinned = (url: string) =>
    connection.caPem === null &&
    connection.others.some((other) => other.url === url && other.fingerprint === null)
  return (
    <section aria-label="Addresses at the last test" className="mt-3">
      <ul className="flex flex-col gap-1">
        {seen.map(({ url, reason }) => (
          <li key={url} className="flex items-start gap-2">
            <StateMark state={reason === null ? 'ok' : 'warn'} className="mt-1" />
            <p className="min-w-0 max-w-[72ch] break-words text-prose">
              <span className="font-mono">{url}</span>{' '}
              <span className="text-ink-2">{reason === null ? 'answers.' : reason}</span>
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
