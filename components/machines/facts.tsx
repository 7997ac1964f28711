import type { ReactNode } from 'react'

export type Fact = { label: string; value: ReactNode; mono?: boolean }

/** Labels and values in two columns; a value that is not known says so itself. */
export const Facts = ({ facts }: { facts: readonly Fact[] }) => (
  <dl className="grid max-w-180 grid-cols-[minmax(96px,auto)_1fr] gap-x-6 rounded-md border border-line bg-surface-1 px-3 py-1 sm:grid-cols-[160px_1fr]">
    {facts.map(({ label, value, mono }) => (
      <div key={label} className="contents">
        <dt className="py-1.5 text-ink-3">{label}</dt>
        <dd className={mono ? 'min-w-0 break-all py-1.5 font-mono' : 'min-w-0 py-1.5'}>{value}</dd>
      </div>
    ))}
  </dl>
)
