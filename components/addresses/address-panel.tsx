'use client'

import { Trash2 } from 'lucide-react'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { Facts } from '@/components/machines/facts'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { Panel } from '@/components/ui/panel'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { AddressMap, AddressRun } from '@/lib/topology/address-map'
import type { Holder } from '@/lib/topology/ipam-holders'
import { parseIpv4 } from '@/lib/topology/ipv4'
import type { Topology } from '@/lib/topology/topology'
import { CELL_LOOKS, holderText, runText } from './cell-words'
import { correct, give, NO_WORDS, release, reserve, wordsOf } from './reservation-changes'
import { ReservationForm } from './reservation-form'
import { type AddressChange, useSaveAddresses } from './use-addresses'

/** One address: who has it, and what may be done with it. */
export function AddressPanel({
  head,
  map,
  address,
  onClose,
}: {
  head: TopologyHead
  map: AddressMap
  address: string
  onClose: () => void
}) {
  const number = parseIpv4(address)
  const run = map.runs.find(
    ({ first, last }) => number !== null && first <= number && number <= last,
  )
  const save = useSaveAddresses(head)
  const role = useWhyNotRole('editor', { topology: head.id })
  if (!run) return null
  const doSave = (change: AddressChange | null) => {
    if (change) save.mutate(change)
  }
  return (
    <Panel name="address" title={address} subtitle={runText(run)} onClose={onClose}>
      {save.error ? (
        <div className="mb-4">
          <FailureNote error={save.error} />
        </div>
      ) : null}
      {run.state === 'conflict' ? (
        <ErrorState
          className="mb-4"
          message={`${address} is claimed by ${run.holders.map(holderText).join(' and ')} - only one of them would answer, by chance. Give all but one another address.`}
        />
      ) : null}
      {run.state === 'stranger' ? <Stranger holder={run.holders[0]} address={address} /> : null}
      {run.holders.map((holder) => (
        <HolderFacts
          key={`${holder.kind} ${holder.label} ${holder.mac}`}
          topologyId={head.id}
          holder={holder}
        />
      ))}
      <Actions
        key={`${address} ${head.revision.number}`}
        topology={head.document}
        network={map.network}
        {...{ address, run, role }}
        busy={save.isPending}
        onSave={doSave}
      />
    </Panel>
  )
}

function Stranger({ holder, address }: { holder: Holder | undefined; address: string }) {
  return (
    <ErrorState
      level="warn"
      className="mb-4"
      message={
        <>
          {address} answers already{holder?.mac ? ` (${holder.mac})` : ''}
          {holder?.seen ? (
            <>
              , seen <Time at={holder.seen.at} /> by {holder.seen.by}
            </>
          ) : null}{' '}
          - it is given to no machine, and a plan that needs it is refused. Reserve it for whoever
          it is, or find and renumber them.
        </>
      }
    />
  )
}

function HolderFacts({ topologyId, holder }: { topologyId: string; holder: Holder }) {
  const facts: { label: string; value: ReactNode; mono?: boolean }[] = [
    { label: 'Who', value: <HolderLink topologyId={topologyId} holder={holder} /> },
    { label: 'Kind', value: CELL_LOOKS[holder.kind].word },
  ]
  if (holder.vmid !== null) facts.push({ label: 'VMID', value: holder.vmid, mono: true })
  if (holder.mac !== null) facts.push({ label: 'MAC', value: holder.mac, mono: true })
  if (holder.owner !== null) facts.push({ label: 'Owner', value: holder.owner })
  if (holder.kind === 'reservation')
    facts.push({ label: 'Until', value: holder.until ?? 'for good' })
  if (holder.seen)
    facts.push({
      label: 'Seen',
      value: (
        <>
          <Time at={holder.seen.at} /> by {holder.seen.by}
        </>
      ),
    })
  return (
    <div className="mb-4">
      <Facts facts={facts} />
    </div>
  )
}

/** The page of whoever has the address; its place in the drawing where it has none. */
export function HolderLink({ topologyId, holder }: { topologyId: string; holder: Holder }) {
  const [kind, id] = holder.path ?? []
  if (kind === undefined || id === undefined) return <>{holder.label}</>
  const href =
    kind === 'vms'
      ? pages.vm(topologyId, id)
      : kind === 'networks'
        ? pages.network(topologyId, id)
        : kind === 'reservations'
          ? null
          : `${pages.design(topologyId)}?item=${encodeURIComponent(`${kind}/${id}`)}`
  if (href === null) return <>{holder.label}</>
  return (
    <Link href={href} className="inline-flex min-h-6 items-center text-work hover:underline">
      {holder.label}
    </Link>
  )
}

type ActionsProps = {
  topology: Topology
  network: string
  address: string
  run: AddressRun
  /** Why this person may not change the drawing. */
  role: string | null
  busy: boolean
  onSave: (change: AddressChange | null) => void
}

function Actions({ topology, network, address, run, role, busy, onSave }: ActionsProps) {
  if (run.state === 'outside')
    return <p className="text-ink-2">No machine may have the first or last address of a network.</p>
  const kept = run.holders.find(({ kind }) => kind === 'reservation')?.path?.[1]
  const reservation = kept === undefined ? undefined : topology.reservations?.[kept]
  if (kept !== undefined && reservation)
    return (
      <section aria-label="Reservation">
        <ReservationForm
          start={wordsOf(kept, reservation)}
          verb="Save reservation"
          fixedName
          busy={busy}
          disabledReason={role}
          onSubmit={(words) => onSave(correct(topology, kept, words))}
        />
        <div className="mt-4 border-line border-t pt-4">
          <Button
            size="sm"
            icon={<Trash2 size={14} aria-hidden />}
            busy={busy}
            disabledReason={role}
            onClick={() => onSave(release(topology, kept))}
          >
            Free {address}
          </Button>
        </div>
      </section>
    )
  const open = run.state === 'free'
  if (!open && run.state !== 'stranger' && run.state !== 'kept') return null
  return (
    <>
      <section aria-label="Reserve" className="mb-6">
        <h3 className="mb-2 font-medium text-name">Reserve it</h3>
        <ReservationForm
          start={{ ...NO_WORDS, mac: run.holders[0]?.mac ?? '' }}
          verb={`Reserve ${address}`}
          busy={busy}
          disabledReason={role}
          onSubmit={(words) => onSave(reserve(topology, address, words))}
        />
      </section>
      {open ? <GiveToVm {...{ topology, network, address, role, busy, onSave }} /> : null}
    </>
  )
}

function GiveToVm({ topology, network, address, role, busy, onSave }: Omit<ActionsProps, 'run'>) {
  const cards = Object.entries(topology.vms ?? {}).flatMap(([vm, { name, nics }]) =>
    Object.entries(nics ?? {})
      .filter(([, nic]) => nic.network === network)
      .map(([nic, card]) => ({
        value: `${vm}/${nic}`,
        label: `${name ?? vm}${card.address === undefined ? '' : `, now ${card.address}`}`,
      })),
  )
  const [chosen, setChosen] = useState('')
  const [vm = '', nic = ''] = chosen.split('/')
  if (cards.length === 0)
    return <p className="text-caption text-ink-3">No VM has a card in {network}.</p>
  return (
    <section aria-label="Give to a VM" className="border-line border-t pt-4">
      <h3 className="mb-2 font-medium text-name">Give it to a VM</h3>
      <div className="flex flex-col gap-3">
        <Field
          label={`VM with a card in ${network}`}
          help="The address is written into the drawing; a deploy then sets it in the machine."
        >
          {(control) => (
            <Select
              {...control}
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
              options={[{ value: '', label: 'Choose' }, ...cards]}
            />
          )}
        </Field>
        <div>
          <Button
            busy={busy}
            disabledReason={role ?? (chosen === '' ? 'Choose a VM first.' : null)}
            onClick={() => onSave(give(topology, address, [vm, nic]))}
          >
            Give {address}
          </Button>
        </div>
      </div>
    </section>
  )
}

/** A button that looks like the others and leads to the map of a network. */
export const MapLink = ({
  topologyId,
  network,
  children,
}: {
  topologyId: string
  network: string
  children: ReactNode
}) => (
  <Link
    href={pages.addresses(topologyId, `?network=${encodeURIComponent(network)}`)}
    className={buttonClass({ size: 'sm' })}
  >
    {children}
  </Link>
)
