'use client'

import type { Step } from '@/lib/topology/what-if/reasons'

/** The reason, and behind one press what it follows from, down to what the event took. */
export function Chains({ chains }: { chains: readonly (readonly Step[])[] }) {
  return (
    <ul className="flex flex-col gap-1 py-0.5">
      {chains.map((chain) => (
        <li key={chain.map(({ thing, why }) => thing.id + why).join()}>
          <Chain steps={chain} />
        </li>
      ))}
    </ul>
  )
}

function Chain({ steps }: { steps: readonly Step[] }) {
  const [first, ...rest] = steps
  if (!first) return null
  if (rest.length === 0) return <span>{first.why}</span>
  return (
    <details>
      <summary className="cursor-pointer">{first.why}</summary>
      <ol className="mt-1 ml-4 list-decimal text-ink-2">
        {rest.map(({ thing, why }) => (
          <li key={thing.id}>
            {thing.name} {why}
          </li>
        ))}
      </ol>
    </details>
  )
}
