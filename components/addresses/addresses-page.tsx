'use client'

import { Page, Section } from '@/components/frame/page'
import { LookAgain } from '@/components/plan/refusals'
import { useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { Input } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { StaleBadge } from '@/components/ui/stale-badge'
import { EmptyState } from '@/components/ui/states'
import { Segments } from '@/components/ui/tabs'
import type { TopologyHead } from '@/lib/api/contract'
import type { AddressesAnswer } from '@/lib/api/contract-addresses'
import { countUse } from '@/lib/topology/address-map'
import { networkOf, takenAddresses } from '@/lib/topology/ipam'
import { findHolders } from '@/lib/topology/ipam-holders'
import { AddressPanel } from './address-panel'
import { CsvSection } from './csv-section'
import { HolderTable } from './holder-table'
import { NetworkMap } from './network-map'
import { NetworkTable, PoolTable } from './network-table'
import { type AddressUrl, useAddressUrl } from './use-address-url'
import { type AddressBook, useAddressBook, useAddressesAround } from './use-addresses'

/** Who holds which address, what is free, what answers that should not. */
export function AddressesPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const around = useAddressesAround(topologyId)
  return (
    <QueryView query={head}>
      {(loaded) => (
        <QueryView query={around}>{(answer) => <Loaded head={loaded} around={answer} />}</QueryView>
      )}
    </QueryView>
  )
}

function Loaded({ head, around }: { head: TopologyHead; around: AddressesAnswer }) {
  const [url, change] = useAddressUrl(head.id)
  const book = useAddressBook(head, around)
  const open =
    book.maps.find(({ network }) => network === url.network) ??
    book.maps.find(
      ({ network }) => url.at !== null && network === networkOf(head.document, url.at),
    ) ??
    book.maps[0]
  const inspect = (at: string) =>
    change({ at, network: networkOf(head.document, at) ?? open?.network ?? null })
  return (
    <div className="flex min-h-0 flex-1">
      <Page
        title="Addresses"
        kind={head.name}
        className="min-w-0 flex-1"
        sentence={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {sentenceOf(book)}
            <StaleBadge at={around.observedAt} />
          </span>
        }
        actions={<LookAgain topologyId={head.id} />}
      >
        {open ? (
          <Sections head={head} {...{ book, open, url, change, inspect }} />
        ) : (
          <EmptyState title="The drawing has no network yet">
            Draw one, or start from a blueprint: its addresses are then seen here.
          </EmptyState>
        )}
      </Page>
      {open && url.at !== null ? (
        <AddressPanel
          head={head}
          map={
            book.maps.find(({ network }) => network === networkOf(head.document, url.at ?? '')) ??
            open
          }
          address={url.at}
          onClose={() => change({ at: null })}
        />
      ) : null}
    </div>
  )
}

type SectionsProps = {
  head: TopologyHead
  book: AddressBook
  open: AddressBook['maps'][number]
  url: AddressUrl
  change: (next: Partial<AddressUrl>) => void
  inspect: (at: string) => void
}

function Sections({ head, book, open, url, change, inspect }: SectionsProps) {
  const found = findHolders(book.holders, url.q)
  const taken = takenAddresses(head.document, unfree(book), book.around.today)
  const kept = Object.entries(head.document.reservations ?? {})
  const over = kept.filter(([, { until }]) => until !== undefined && until < book.around.today)
  return (
    <>
      <Section title="Networks">
        <NetworkTable
          topologyId={head.id}
          topology={head.document}
          maps={book.maps}
          selected={open.network}
          onSelect={(network) => change({ network, at: null })}
        />
      </Section>
      <Section
        title={`Map of ${head.document.networks?.[open.network]?.name ?? open.network}`}
        aside={
          <Segments
            label="Map or table"
            value={url.view}
            onChange={(view) => change({ view })}
            options={[
              { value: 'map', label: 'Map' },
              { value: 'table', label: 'Table' },
            ]}
          />
        }
      >
        <NetworkMap key={open.network} map={open} view={url.view} at={url.at} onSelect={inspect} />
      </Section>
      <Section title={`Pools of ${open.network}`}>
        <PoolTable
          topologyId={head.id}
          topology={head.document}
          network={open.network}
          taken={taken}
        />
      </Section>
      <Section title="Who holds what" aside={count(found.length, 'holder')}>
        <Input
          type="search"
          aria-label="Find by address, name, MAC or VMID"
          placeholder="Address, name, MAC or VMID"
          className="mb-3 max-w-100"
          defaultValue={url.q}
          onChange={(event) => change({ q: event.target.value })}
        />
        {found.length > 0 ? (
          <HolderTable
            caption="Who holds what"
            topologyId={head.id}
            holders={found}
            onSelect={inspect}
          />
        ) : (
          <EmptyState title="Nobody">
            {url.q === ''
              ? 'No machine of the drawing has an address yet; the next save gives them theirs.'
              : `Nobody is found by "${url.q}".`}
          </EmptyState>
        )}
        {over.length > 0 ? (
          <p className="mt-2 text-caption text-ink-3">
            Over, and free again: {over.map(([id, { address }]) => `${address} (${id})`).join(', ')}
            .
          </p>
        ) : null}
      </Section>
      <Section title="Spreadsheet">
        <CsvSection head={head} maps={book.maps} />
      </Section>
    </>
  )
}

/** Addresses that others have or answer at, which no machine is given. */
const unfree = ({ around }: AddressBook): string[] =>
  [...around.elsewhere, ...around.sightings].map(({ address }) => address)

/** The answer first: what needs a person, else how much is free. */
export function sentenceOf({ maps }: Pick<AddressBook, 'maps'>): string {
  const uses = maps.map(countUse)
  const sum = (part: 'conflicts' | 'strangers' | 'held' | 'free') =>
    uses.reduce((total, use) => total + use[part], 0)
  const [conflicts, strangers] = [sum('conflicts'), sum('strangers')]
  const calm = `${sum('held').toLocaleString('en')} addresses are in use in ${count(maps.length, 'network')}, ${sum('free').toLocaleString('en')} are free.`
  if (conflicts > 0 || strangers > 0) {
    const parts = [
      conflicts > 0 ? `${count(conflicts, 'address', 'addresses')} claimed twice` : null,
      strangers > 0
        ? `${count(strangers, 'address answers', 'addresses answer')} and nobody told of ${strangers === 1 ? 'it' : 'them'}`
        : null,
    ].filter((each) => each !== null)
    return `${parts.join('; ')}. ${calm}`
  }
  return `Nothing clashes: ${calm}`
}
