import Link from 'next/link'
import { type State, StateMark } from '@/components/ui/state-mark'
import type { AuditRow, AuditVia } from '@/lib/api/contract-audit'

/** An entry in words; what has a page of its own is a link to it. */
export const AuditSentence = ({ row }: { row: AuditRow }) => (
  <>
    {row.sentence.map(({ text, href }, i) =>
      href ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of one sentence
        <Link key={i} href={href} className="text-work underline">
          {text}
        </Link>
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of one sentence
        <span key={i}>{text}</span>
      ),
    )}
  </>
)

const STATE: Record<AuditRow['outcome'], State> = { done: 'ok', refused: 'warn', failed: 'fail' }

/** What came of it, as a shape with its word for those who do not see it. */
export const OutcomeMark = ({ outcome }: { outcome: AuditRow['outcome'] }) => (
  <StateMark state={STATE[outcome]} size={12} still label={outcome} />
)

const VIA: Record<AuditVia, string> = {
  browser: 'in a browser',
  phone: 'on a phone',
  token: 'by a token',
  box: 'at the panel’s own machine',
  panel: 'by itself',
  provisioner: 'by itself',
}

/** `in a browser, 192.0.2.7`. */
export const howText = ({ via, from }: AuditRow['actor']): string =>
  from === null ? VIA[via] : `${VIA[via]}, ${from}`
