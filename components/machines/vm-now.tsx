import Link from 'next/link'
import { formatDuration, formatGib, formatMib } from '@/components/ui/format'
import { Meter } from '@/components/ui/meter'
import { StaleBadge } from '@/components/ui/stale-badge'
import { EmptyState } from '@/components/ui/states'
import { pages } from '@/lib/api/paths'
import type { GuestFacts, ObservedVm, Seen } from '@/lib/plan/observed'
import { Facts } from './facts'

/** What a VM is right now, as its host and the VM itself told. */
export function VmNow({
  topologyId,
  seen,
  guest,
}: {
  topologyId: string
  seen: Seen<ObservedVm> | undefined
  guest: Seen<GuestFacts> | undefined
}) {
  if (!seen || seen.state === 'unknown')
    return (
      <EmptyState title="Nobody knows how it is now">
        {seen?.reason ?? 'Its host was not looked at yet.'} <StaleBadge at={seen?.since ?? null} />
      </EmptyState>
    )
  if (seen.state === 'absent')
    return (
      <EmptyState
        title="It does not exist yet"
        action={
          <Link href={pages.plan(topologyId)} className="text-work underline">
            Plan a deploy
          </Link>
        }
      >
        A deploy makes it as it stands in the drawing.
      </EmptyState>
    )
  const vm = seen.value
  return (
    <Facts
      facts={[
        {
          label: 'Power',
          value: powerOf(vm),
        },
        { label: 'Host, VMID', value: `${vm.node}, ${vm.vmid}`, mono: true },
        {
          label: 'CPU',
          value:
            vm.cpuLoad === null ? (
              'nothing while it is stopped'
            ) : (
              <Meter
                label="CPU"
                value={vm.cpuLoad}
                text={`${Math.round(vm.cpuLoad * 100)} % of ${vm.spec.cpus} vCPUs`}
              />
            ),
        },
        {
          label: 'Memory',
          value:
            vm.memoryUsedMib === null ? (
              formatMib(vm.spec.memoryMib)
            ) : (
              <Meter
                label="Memory"
                value={vm.memoryUsedMib / vm.spec.memoryMib}
                text={`${formatMib(vm.memoryUsedMib)} of ${formatMib(vm.spec.memoryMib)}`}
              />
            ),
        },
        {
          label: 'Disks',
          value: (
            <ul>
              {vm.spec.disks.map((disk) => (
                <li key={disk.slot}>
                  <span className="font-mono">{disk.slot}</span> {formatGib(disk.sizeGib)} on{' '}
                  {disk.storage}, {disk.kind}
                  {disk.serial ? <span className="font-mono text-ink-3"> {disk.serial}</span> : ''}
                </li>
              ))}
            </ul>
          ),
        },
        {
          label: 'Agent reports',
          value: vm.addresses === null ? 'no guest agent answered' : vm.addresses.join(', '),
          mono: vm.addresses !== null,
        },
        { label: 'Services', value: <Services guest={guest} /> },
        {
          label: 'Waits for a restart',
          value: vm.pending.length === 0 ? 'nothing' : vm.pending.join(', '),
        },
        { label: 'UUID', value: vm.uuid ?? 'none', mono: true },
      ]}
    />
  )
}

function Services({ guest }: { guest: Seen<GuestFacts> | undefined }) {
  if (!guest || guest.state === 'absent') return <span className="text-ink-3">not looked at</span>
  if (guest.state === 'unknown') return <span className="text-ink-3">unknown: {guest.reason}</span>
  const services = Object.entries(guest.value.services)
  if (services.length === 0) return <span className="text-ink-3">none that the panel set up</span>
  return <>{services.map(([name, active]) => `${name} ${active}`).join(', ')}</>
}

/** Proxmox calls a frozen VM running; its uptime tells nothing about it. */
function powerOf({ running, ioError, uptimeS }: ObservedVm): string {
  if (ioError) return 'frozen by a write that failed'
  return running ? `running for ${formatDuration(uptimeS * 1000)}` : 'stopped'
}
