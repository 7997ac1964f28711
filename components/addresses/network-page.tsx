'use client'

import Link from 'next/link'
import { Page, Section } from '@/components/frame/page'
import { Facts } from '@/components/machines/facts'
import { ObjectHistory } from '@/components/machines/object-history'
import { ObjectProblems } from '@/components/machines/object-problems'
import { ObjectTabs } from '@/components/machines/object-tabs'
import { LookAgain } from '@/components/plan/refusals'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { StaleBadge } from '@/components/ui/stale-badge'
import { EmptyState } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import type { AddressesAnswer } from '@/lib/api/contract-addresses'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import { type AddressMap, countUse } from '@/lib/topology/address-map'
import { takenAddresses } from '@/lib/topology/ipam'
import type { Problem } from '@/lib/topology/problem'
import { HolderLink, MapLink } from './address-panel'
import { HolderTable } from './holder-table'
import { MemberTable, membersOf } from './network-members'
import { NetworkMeter, PoolTable } from './network-table'
import { NetworkWanted } from './network-wanted'
import { useAddressBook, useAddressesAround } from './use-addresses'

/** Everything about one network. */
export function NetworkPage({ topologyId, network }: { topologyId: string; network: string }) {
  const head = useTopology(topologyId)
  const around = useAddressesAround(topologyId)
  const looked = useObserved(topologyId)
  return (
    <QueryView query={head}>
      {(data) => (
        <QueryView query={around}>
          {(answer) => (
            <Loaded
              head={data}
              around={answer}
              network={network}
              observed={looked.data?.observed ?? null}
            />
          )}
        </QueryView>
      )}
    </QueryView>
  )
}

type LoadedProps = {
  head: TopologyHead
  around: AddressesAnswer
  network: string
  observed: Observed | null
}

function Loaded({ head, around, network, observed }: LoadedProps) {
  const book = useAddressBook(head, around)
  const wanted = head.document.networks?.[network]
  const map = book.maps.find((each) => each.network === network)
  if (!wanted || !map)
    return (
      <Page title={network} kind="network">
        <EmptyState title={`There is no network ${network} in the drawing`}>
          It may have been removed; the history of the topology tells.
        </EmptyState>
      </Page>
    )
  const problems = problemsOfNetwork(head, network)
  const inspect = (at: string) =>
    location.assign(pages.addresses(head.id, `?network=${encodeURIComponent(network)}&at=${at}`))
  return (
    <Page
      title={wanted.name ?? network}
      kind={wanted.vlan === undefined ? 'network, untagged' : `network, VLAN ${wanted.vlan}`}
      sentence={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {networkSentence(map)}
          <StaleBadge at={around.observedAt} />
        </span>
      }
      actions={
        <>
          <MapLink topologyId={head.id} network={network}>
            Open the map
          </MapLink>
          <LookAgain topologyId={head.id} />
        </>
      }
    >
      <ObjectTabs
        badges={
          problems.length > 0
            ? { problems: <span className="text-caption text-warn">{problems.length}</span> }
            : {}
        }
        contents={{
          now: <Now {...{ head, around, map, observed, inspect }} />,
          wanted: <NetworkWanted topology={head.document} network={network} observed={observed} />,
          problems: <ObjectProblems topologyId={head.id} problems={problems} />,
          history: <ObjectHistory topologyId={head.id} kind="networks" id={network} />,
          access: <Access head={head} map={map} />,
        }}
      />
    </Page>
  )
}

/** Those of the network itself, and of its pools. */
function problemsOfNetwork(head: TopologyHead, network: string): readonly Problem[] {
  return head.problems.filter(({ path: [kind, id] }) => {
    if (kind === 'networks') return id === network
    return kind === 'pools' && head.document.pools?.[id ?? '']?.network === network
  })
}

/** How full it is, and what in it needs a person. */
export function networkSentence(map: AddressMap): string {
  const { size, held, free, strangers, conflicts } = countUse(map)
  const n = (value: number) => value.toLocaleString('en')
  const odd = [
    conflicts > 0 ? `${n(conflicts)} claimed twice` : null,
    strangers > 0 ? `${n(strangers)} in use by somebody unknown` : null,
  ].filter((each) => each !== null)
  const calm = `${n(held)} of ${n(size)} addresses are held and ${n(free)} are free`
  return odd.length > 0 ? `${calm}; ${odd.join(', ')}.` : `${calm}.`
}

type NowProps = {
  head: TopologyHead
  around: AddressesAnswer
  map: AddressMap
  observed: Observed | null
  inspect: (at: string) => void
}

function Now({ head, around, map, observed, inspect }: NowProps) {
  const taken = takenAddresses(
    head.document,
    [...around.elsewhere, ...around.sightings].map(({ address }) => address),
    around.today,
  )
  const odd = map.runs.filter(({ state }) => state === 'stranger' || state === 'conflict')
  return (
    <>
      <div className="mb-4">
        <NetworkMeter map={map} />
      </div>
      {odd.length > 0 ? (
        <Section title="To look at">
          <HolderTable
            caption="Addresses to look at"
            topologyId={head.id}
            holders={odd.flatMap(({ holders }) => holders)}
            onSelect={inspect}
          />
        </Section>
      ) : null}
      <Section title="Machines">
        <MemberTable topologyId={head.id} rows={membersOf(head.document, map.network, observed)} />
      </Section>
      <Section title="Pools">
        <PoolTable
          topologyId={head.id}
          topology={head.document}
          network={map.network}
          taken={taken}
        />
      </Section>
      <Section title="Everybody with an address">
        <HolderTable
          caption="Everybody with an address"
          topologyId={head.id}
          holders={map.holders}
          onSelect={inspect}
        />
      </Section>
    </>
  )
}

function Access({ head, map }: { head: TopologyHead; map: AddressMap }) {
  const network = head.document.networks?.[map.network]
  const gateways = map.holders.filter(({ kind }) => kind === 'gateway')
  const servers = [
    ['DHCP', network?.dhcpServer],
    ['DNS', network?.dnsServer],
    ['Time', network?.ntpServer],
  ] as const
  return (
    <Facts
      facts={[
        {
          label: 'Gateway',
          value:
            gateways.length === 0
              ? 'none: nothing in it reaches other networks'
              : gateways.map((holder) => (
                  <span key={holder.label} className="flex flex-wrap items-center gap-x-3">
                    <span className="font-mono">{holder.address}</span>
                    <HolderLink topologyId={head.id} holder={holder} />
                    <a
                      href={`https://${holder.address}/`}
                      className="text-work underline"
                      rel="noreferrer"
                    >
                      https://{holder.address}/
                    </a>
                  </span>
                )),
        },
        { label: 'Resolvers', value: network?.dns?.join(', ') ?? 'none told', mono: true },
        ...servers.map(([label, id]) => ({
          label,
          value:
            id === undefined ? (
              'not told'
            ) : (
              <Link
                href={`${pages.design(head.id)}?item=${encodeURIComponent(placeOf(head, id))}`}
                className="text-work underline"
              >
                {id}
              </Link>
            ),
        })),
        { label: 'Search domain', value: network?.domain ?? 'none', mono: true },
      ]}
    />
  )
}

/** `vms/dns`: the map that an id of a server is in. */
function placeOf({ document }: TopologyHead, id: string): string {
  const kinds = ['routers', 'hosts', 'vms', 'unmanaged', 'services'] as const
  const kind = kinds.find((each) => document[each]?.[id] !== undefined)
  return `${kind ?? 'services'}/${id}`
}
