import type { ClusterRef, GuestRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import type { StepContext } from '../handler'

const HOSTS = '/etc/hosts'

/**
 * The cluster's endpoint resolves on a machine before kubeadm needs it. First boot writes the same
 * line (trap T16), but a VM that is older than its cluster, or than the endpoint's address, never
 * had it.
 */
export async function ensureEndpointHost(
  session: GuestSession,
  { endpoint }: Pick<ClusterRef, 'endpoint'>,
  guest: GuestRef,
  ctx: StepContext,
): Promise<void> {
  const hosts = (await session.readFile(HOSTS)) ?? ''
  const wanted = withHost(hosts, endpoint)
  if (wanted === hosts) return
  ctx.log(`${guest.name} learns that ${endpoint.name} is ${endpoint.address}.`)
  await session.writeFile(HOSTS, wanted, { mode: '0644' })
}

/** A hosts file in which `name` is `address` and nothing else; every other name stays as it is. */
export function withHost(
  hosts: string,
  { name, address }: { name: string; address: string },
): string {
  // An endpoint that is an address resolves by itself.
  if (name === address) return hosts
  const lines = hosts.split('\n')
  const naming = lines.filter((line) => namesOf(line).includes(name))
  if (naming.length > 0 && naming.every((line) => addressOf(line) === address)) return hosts
  const others = lines.flatMap((line) => {
    const names = namesOf(line)
    if (!names.includes(name)) return line
    const left = names.filter((each) => each !== name)
    return left.length === 0 ? [] : `${addressOf(line)} ${left.join(' ')}`
  })
  const text = others.join('\n').replace(/\n+$/, '')
  return `${text === '' ? '' : `${text}\n`}${address} ${name}\n`
}

const wordsOf = (line: string) => line.replace(/#.*/, '').trim().split(/\s+/)
const addressOf = (line: string) => wordsOf(line)[0] ?? ''
const namesOf = (line: string) => wordsOf(line).slice(1)
