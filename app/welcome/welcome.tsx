'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp, FlaskConical, ScanSearch, Server } from 'lucide-react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { Door } from '@/components/frame/door'
import { useConnections, useTopologies } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { client } from '@/lib/api/client'
import type { CreateTopologyRequest } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { type Beginning, ChooseBlueprint } from './choose-blueprint'
import { ImportDocument } from './import-document'

/** Makes a topology and opens its drawing; with a connection, how it fits that one. */
export function useCreateTopology(
  connection: string | null = null,
  then: (t: string, connection?: string) => string = pages.fit,
) {
  const router = useRouter()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (request: CreateTopologyRequest) => client.createTopology(request),
    onSuccess: (head) => {
      queries.setQueryData(keys.head(head.id), head)
      void queries.invalidateQueries({ queryKey: keys.topologies() })
      router.push(connection === null ? pages.design(head.id) : then(head.id, connection))
    },
  })
}

/** Three doors; none of them touches anything real. */
export function Welcome() {
  const connection = useSearchParams().get('connection')
  const create = useCreateTopology(connection)
  const read = useCreateTopology(connection, pages.adopt)
  const [blueprint, setBlueprint] = useState<Beginning>(
    connection === null ? 'dark-knight' : 'single-node',
  )
  const named = useConnections().data?.find(({ id }) => id === connection)?.name ?? connection
  const role = useWhyNotRole('editor')
  const [importing, setImporting] = useState(false)
  const existing = useTopologies().data ?? []
  return (
    <Door
      wide
      title="Which door?"
      sentence="Nothing real is touched by opening one: a drawing becomes a plan first, and a plan waits for your approval."
    >
      <div className="grid gap-3 md:grid-cols-3">
        <DoorCard
          icon={<FlaskConical size={20} aria-hidden />}
          title={connection === null ? 'Try the lab' : `Build on ${named}`}
          text={
            connection === null
              ? 'A whole homelab as a blueprint, with hosts, networks, VMs and a Kubernetes cluster. It is deployed to a simulated Proxmox on this machine.'
              : 'A whole homelab as a blueprint, fitted to your bridges, storages and addresses: you are asked what Proxmox does not tell, and see what changes before anything is saved.'
          }
          action={
            <Button
              variant="primary"
              busy={create.isPending && !importing}
              disabledReason={role}
              onClick={() => {
                setImporting(false)
                create.mutate(requestFor(blueprint))
              }}
            >
              {blueprint === 'empty' ? 'Start empty' : 'Start from the blueprint'}
            </Button>
          }
        />
        {connection === null ? null : (
          <DoorCard
            icon={<ScanSearch size={20} aria-hidden />}
            title="My Proxmox"
            text="What runs is read into a new drawing: hosts, networks, VMs. You choose which VMs the panel manages; all others are left alone."
            action={
              <Button
                busy={read.isPending}
                disabledReason={role}
                onClick={() => read.mutate(requestFor('empty'))}
              >
                Read what runs
              </Button>
            }
          />
        )}
        <DoorCard
          icon={<Server size={20} aria-hidden />}
          title="Connect my Proxmox"
          text="Make a token with the fewest rights that suffice, compare the certificate, test. Reading comes first; nothing without the panel's own mark is ever changed."
          action={
            <Link href={`${pages.connections()}?add=1`} className={buttonClass()}>
              Add a connection
            </Link>
          }
        />
        <DoorCard
          icon={<FileUp size={20} aria-hidden />}
          title="Import a document"
          text="You have a topology as YAML: from Git, from another panel, or written by hand. Faults are named with line and column."
          action={
            <Button disabledReason={role} onClick={() => setImporting(true)}>
              Paste or open a file
            </Button>
          }
        />
      </div>
      <ChooseBlueprint value={blueprint} onChange={setBlueprint} />
      {create.error && !importing ? (
        <div className="mt-4">
          <FailureNote error={create.error} />
        </div>
      ) : null}
      {read.error ? (
        <div className="mt-4">
          <FailureNote error={read.error} />
        </div>
      ) : null}
      {importing ? <ImportDocument create={create} /> : null}
      {existing.length > 0 ? (
        <p className="mt-6 text-ink-2">
          You have {existing.length === 1 ? 'a topology' : `${existing.length} topologies`} already:{' '}
          <Link href={pages.overview()} className="text-work underline">
            back to the overview
          </Link>
          .
        </p>
      ) : null}
    </Door>
  )
}

const requestFor = (beginning: Beginning): CreateTopologyRequest =>
  beginning === 'empty'
    ? { from: 'text', text: 'drawbridge: 1\nname: My homelab\n' }
    : { from: 'blueprint', id: beginning }

const DoorCard = ({
  icon,
  title,
  text,
  action,
}: {
  icon: ReactNode
  title: string
  text: string
  action: ReactNode
}) => (
  <section className="flex flex-col rounded-md border border-line bg-surface-1 p-4">
    <span className="text-ink-2">{icon}</span>
    <h2 className="mt-2 text-name">{title}</h2>
    <p className="mt-1 mb-4 flex-1 text-ink-2 text-prose">{text}</p>
    <div>{action}</div>
  </section>
)
