'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { Page } from '@/components/frame/page'
import { QueryView } from '@/components/query/query-view'
import { Select } from '@/components/ui/field'
import { EmptyState } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import type { SecretSummary, SecretsAnswer } from '@/lib/api/contract-secrets'
import { pages } from '@/lib/api/paths'
import type { SecretKind } from '@/lib/plan/secret-names'
import { KitSection } from './kit-section'
import { SecretPanel } from './secret-panel'
import { useSecrets } from './use-secrets'

const KINDS: Readonly<Record<SecretKind, string>> = {
  'connection-token': 'Tokens of connections',
  document: 'Secrets of documents',
  kubeconfig: 'Kubeconfigs',
  'k3s-token': 'Join tokens of k3s clusters',
  'user-key': 'SSH keys of the panel',
  'host-key': 'SSH host keys of VMs',
  'jump-key': 'Keys for jump hosts',
  'jump-host-key': 'Host keys of jump hosts',
  other: 'Other secrets of the panel',
}
const isKind = (text: string | null): text is SecretKind =>
  text !== null && Object.hasOwn(KINDS, text)

/** Every sealed secret: what it is, what uses it, how old its value is. Values only on request. */
export function SecretsPage() {
  const secrets = useSecrets()
  const search = useSearchParams()
  const router = useRouter()
  const kind = search.get('kind')
  const chosen = search.get('secret')
  const go = (change: Record<string, string | null>) => {
    const next = new URLSearchParams(search)
    for (const [key, value] of Object.entries(change))
      value === null ? next.delete(key) : next.set(key, value)
    router.replace(`${pages.secrets()}${next.size > 0 ? `?${next}` : ''}`, { scroll: false })
  }
  const open = secrets.data?.secrets.find(({ name }) => name === chosen)
  return (
    <div className="flex">
      <Page
        title="Secrets"
        kind="settings"
        className="min-w-0 flex-1"
        sentence={secrets.data ? sentenceOf(secrets.data) : undefined}
      >
        <QueryView query={secrets}>
          {(answer) => (
            <>
              <KitSection madeAt={answer.kitMadeAt} />
              <SecretList
                secrets={answer.secrets}
                kind={isKind(kind) ? kind : null}
                chosen={chosen}
                go={go}
              />
            </>
          )}
        </QueryView>
      </Page>
      {open ? <SecretPanel secret={open} onClose={() => go({ secret: null })} /> : null}
    </div>
  )
}

function sentenceOf({ secrets, kitMadeAt }: SecretsAnswer): string {
  const one = secrets.length === 1
  const count = `${secrets.length} ${one ? 'secret is' : 'secrets are'} sealed; only the panel’s worker opens ${one ? 'it' : 'them'}.`
  return kitMadeAt === null
    ? `${count} The key to every secret is on this machine alone: make a recovery kit.`
    : count
}

type ListProps = {
  secrets: readonly SecretSummary[]
  kind: SecretKind | null
  chosen: string | null
  go: (change: Record<string, string | null>) => void
}

function SecretList({ secrets, kind, chosen, go }: ListProps) {
  if (secrets.length === 0) {
    return (
      <EmptyState title="Here will be every secret that the panel keeps">
        Tokens of connections, keys of VMs, kubeconfigs and the values behind{' '}
        <code className="font-mono">!secret name</code> in documents. They come with what needs
        them.
      </EmptyState>
    )
  }
  const there = Object.entries(KINDS).filter(([id]) => secrets.some((each) => each.kind === id))
  const options = [
    { value: '', label: `All kinds (${secrets.length})` },
    ...there.map(([value, label]) => ({
      value,
      label: `${label} (${secrets.filter((each) => each.kind === value).length})`,
    })),
  ]
  const rows = secrets.filter((each) => kind === null || each.kind === kind)
  return (
    <>
      <Select
        aria-label="Kind"
        className="mb-3 max-w-80"
        options={options}
        value={kind ?? ''}
        onChange={(event) => go({ kind: event.target.value || null })}
      />
      <Table
        caption="Secrets"
        columns={columnsOf((name) => go({ secret: name }))}
        rows={rows}
        rowKey={(row) => row.name}
        selected={chosen}
        onSelect={(row) => go({ secret: row.name })}
      />
    </>
  )
}

const columnsOf = (open: (name: string) => void): Column<SecretSummary>[] => [
  {
    id: 'what',
    head: 'Secret',
    cell: ({ name, title }) => (
      <button
        type="button"
        className="min-h-6 text-left text-work hover:underline"
        onClick={() => open(name)}
      >
        {title}
      </button>
    ),
  },
  { id: 'of', head: 'Of', from: 'md', cell: ({ topologyId }) => topologyId ?? 'the panel' },
  {
    id: 'users',
    head: 'Used by',
    from: 'sm',
    cell: ({ users }) =>
      users.length === 0 ? (
        <span className="text-ink-3">nothing any more</span>
      ) : (
        `${users[0]?.label}${users.length > 1 ? ` and ${users.length - 1} more` : ''}`
      ),
  },
  {
    id: 'at',
    head: 'Changed',
    cell: ({ at, by }) => (
      <>
        <Time at={at} /> <span className="text-ink-3 max-sm:hidden">by {by}</span>
      </>
    ),
  },
  { id: 'version', head: 'Version', numeric: true, from: 'lg', cell: ({ version }) => version },
]
