import { Section } from '@/components/frame/page'
import { cn } from '@/components/ui/cn'
import { count } from '@/components/ui/format'
import type { ObjectChange } from '@/lib/plan/plan'

const TINT: Record<string, { tint: string; word: string }> = {
  '+': { tint: 'bg-ok/12', word: 'added ' },
  '-': { tint: 'bg-fail/12', word: 'removed ' },
}

/** What each host's network file gains and loses, as Proxmox shows it staged; nothing where none does. */
export function HostNetworkDiffs({ changes }: { changes: readonly ObjectChange[] }) {
  const hosts = changes.filter(({ diff }) => diff !== undefined)
  if (hosts.length === 0) return null
  return (
    <Section title="Networks of hosts" aside={count(hosts.length, 'host')}>
      <p className="mb-2 max-w-[72ch] text-ink-2 text-prose">
        Staged in Proxmox, compared, then applied one host after the other; each must answer the
        panel again before the next. Nothing is applied while somebody else's changes are staged.
      </p>
      {hosts.map(({ name, diff = '' }) => (
        <section
          key={name}
          aria-label={`Network of ${name}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
          tabIndex={0}
          className="mb-2 overflow-x-auto rounded-md border border-line bg-surface-1 font-mono text-caption"
        >
          <p className="bg-surface-2 px-3 py-0.5 font-sans text-ink-2">{name}</p>
          {diff.split('\n').map((line, number) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never move
            <DiffLine key={number} line={line} />
          ))}
        </section>
      ))}
    </Section>
  )
}

function DiffLine({ line }: { line: string }) {
  const heading = line.startsWith('+++') || line.startsWith('---')
  const look = heading ? undefined : TINT[line.slice(0, 1)]
  return (
    <div className={cn('min-w-max whitespace-pre px-3', heading && 'text-ink-2', look?.tint)}>
      {look ? <span className="sr-only">{look.word}</span> : null}
      {line.replace('\t', '    ') || ' '}
    </div>
  )
}
