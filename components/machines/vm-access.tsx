import { CodeLine } from '@/components/ui/copy'
import type { TopologyHead } from '@/lib/api/contract'
import { toGuest } from '@/lib/plan/desired'
import { resolveVm } from '@/lib/topology/resolve'
import { Facts } from './facts'
import { sshLine } from './ssh-line'

/** Ways in: address, the SSH line that goes the panel's way, and the key that must answer. */
export function VmAccess({
  head,
  vm,
  pinned,
}: {
  head: TopologyHead
  vm: string
  /** Fingerprint of the host key that the panel made for it. */
  pinned: string | undefined
}) {
  const resolved = resolveVm(head.document, vm)
  const login = resolved ? toGuest(resolved, head.document, { topologyId: head.id }) : null
  if (!login)
    return (
      <p className="max-w-[72ch] text-ink-2 text-prose">
        It has no address or no host yet. Give it both in the drawing, then its ways in stand here.
      </p>
    )
  const dialer = head.connections.find(({ id }) => id === login.connection)?.dialer ?? null
  const people = head.document.access?.authorizedKeys ?? []
  return (
    <Facts
      facts={[
        { label: 'Address', value: login.address, mono: true },
        { label: 'SSH', value: <CodeLine text={sshLine(login, dialer)} label="Copy SSH line" /> },
        {
          label: 'Host key',
          value: pinned ? (
            <CodeLine text={pinned} label="Copy fingerprint" />
          ) : (
            'made by the panel before the first boot; its fingerprint stands here from then on'
          ),
        },
        {
          label: 'Who gets in',
          value:
            people.length === 0
              ? "the panel alone; add people's public keys to the drawing under access"
              : `the panel, and ${people.map(keyOwner).join(', ')}`,
        },
      ]}
    />
  )
}

/** The comment of a public key, which is how people name theirs. */
const keyOwner = (key: string): string => key.trim().split(/\s+/)[2] ?? 'a key without a name'
