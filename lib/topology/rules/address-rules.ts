import { listFree } from '../ipam'
import {
  contains,
  formatCidr,
  formatIpv4,
  formatRange,
  isNetworkOrBroadcast,
  parseIpv4,
} from '../ipv4'
import type { Problem } from '../problem'
import { blocker, count, duplicates, fixTo, warning } from './rule'
import { poolOfNic, type Survey, type SurveyedNic, type SurveyedPool } from './survey'

/** The fix of most faulty addresses: the next free one of the NIC's pool. */
function nextFreeFix(survey: Survey, nic: SurveyedNic): NonNullable<Problem['fix']> | null {
  const pool = poolOfNic(survey, nic)
  const free = pool ? survey.firstFree(pool.id) : null
  if (free === null) return null
  const path = [...nic.path, 'address']
  const from = nic.nic.address
  return fixTo(`Use ${free}`, { path, ...(from === undefined ? {} : { from }), to: free })
}

/** `ip.duplicate`: two machines with one address. */
export function addressesAreUnique(survey: Survey): Problem[] {
  const nicAt = ([, vm, , nic]: readonly string[]) =>
    survey.nics.find((each) => each.vm.id === vm && each.id === nic)
  return duplicates(survey.uses, ({ address }) => address).flatMap(([address, same]) =>
    same.slice(1).map(({ path }) => {
      const nic = path[0] === 'vms' ? nicAt(path) : undefined
      return blocker(
        'ip.duplicate',
        path,
        `${formatIpv4(address)} is already the address of ${same[0]!.owner} - only one of them would answer. Use another.`,
        nic ? nextFreeFix(survey, nic) : null,
      )
    }),
  )
}

/** `ip.taken`: somebody whom the document does not know answers at it. */
export function addressesAreOurs(survey: Survey): Problem[] {
  const strangers = strangersIn(survey)
  return survey.nics.flatMap((nic) => {
    const owner = nic.nic.address === undefined ? undefined : strangers.get(nic.nic.address)
    if (owner === undefined) return []
    return [
      blocker(
        'ip.taken',
        [...nic.path, 'address'],
        `${nic.nic.address} is in use by ${owner} - only one of them would answer. Use another.`,
        nextFreeFix(survey, nic),
      ),
    ]
  })
}

/** Who has an address that is not ours, in words: seen, written as unmanaged, or kept for somebody. */
function strangersIn({ topology, unmanaged, today }: Survey): Map<string, string> {
  const strangers = new Map<string, string>()
  for (const [id, { address, owner, until }] of Object.entries(topology.reservations ?? {})) {
    if (until === undefined || until >= today)
      strangers.set(address, `${owner ?? id}, who reserved it`)
  }
  for (const [id, { addresses }] of Object.entries(topology.unmanaged ?? {})) {
    for (const address of addresses ?? []) strangers.set(address, `unmanaged guest ${id}`)
  }
  for (const { address, owner } of unmanaged.addresses) strangers.set(address, owner)
  return strangers
}

/** `ip.outside-network`, `ip.reserved`, `ip.outside-pool`, `ip.in-dhcp`, `ip.in-metallb`: where a NIC's address may lie. */
export function addressesAreInPlace(survey: Survey): Problem[] {
  return survey.nics.flatMap((nic) => {
    const problem = misplaced(survey, nic)
    return problem ? [problem] : []
  })
}

function misplaced(survey: Survey, nic: SurveyedNic): Problem | null {
  const { address: text, network: networkId } = nic.nic
  const address = text === undefined ? null : parseIpv4(text)
  const found = survey.networkById.get(networkId)
  if (address === null || !found?.block) return null
  const path = [...nic.path, 'address']
  const { block, network } = found
  const fix = () => nextFreeFix(survey, nic)

  if (!contains(block, address)) {
    return blocker(
      'ip.outside-network',
      path,
      `${text} is not in ${networkId} (${formatCidr(block)}) - nobody there would reach it. Use an address of the network.`,
      fix(),
    )
  }
  if (isNetworkOrBroadcast(block, address)) {
    const what = address === block.first ? 'network' : 'broadcast'
    return blocker(
      'ip.reserved',
      path,
      `${text} is the ${what} address of ${networkId} (${formatCidr(block)}) - no machine may have it. Use another.`,
      fix(),
    )
  }
  if (text === network.gateway) {
    return blocker(
      'ip.reserved',
      path,
      `${text} is the gateway of ${networkId} - the whole network would lose its way out. Use another.`,
      fix(),
    )
  }
  return outsidePool(survey, nic, address)
}

function outsidePool(survey: Survey, nic: SurveyedNic, address: number): Problem | null {
  const fix = () => nextFreeFix(survey, nic)
  const path = [...nic.path, 'address']
  const text = formatIpv4(address)
  const pools = survey.poolsByNetwork.get(nic.nic.network) ?? []
  const inside = pools.find(({ range }) => range !== null && contains(range, address))
  if (inside?.pool.purpose === 'dhcp') {
    return blocker(
      'ip.in-dhcp',
      path,
      `${text} lies in ${inside.id} (${formatRange(inside.range!)}), which DHCP hands out - it would be given to somebody else too. Use an address outside.`,
      fix(),
    )
  }
  if (inside?.pool.purpose === 'metallb') {
    return blocker(
      'ip.in-metallb',
      path,
      `${text} lies in ${inside.id} (${formatRange(inside.range!)}), which MetalLB hands out to services - a service would take it. Use an address outside.`,
      fix(),
    )
  }
  const wanted = poolOfNic(survey, nic)
  if (!wanted?.range || contains(wanted.range, address)) return null
  const tell = nic.nic.pool === undefined ? warning : blocker
  return tell(
    'ip.outside-pool',
    path,
    `${text} is outside of pool ${wanted.id} (${formatRange(wanted.range)}), which ${nic.nic.pool === undefined ? `is for this role` : 'the NIC names'} - the plan of the network says otherwise. Use a free address of the pool.`,
    fix(),
  )
}

/** `vm.no-address`: a NIC that the next save cannot give an address. */
export function addressesCanBeFound(survey: Survey): Problem[] {
  const problems: Problem[] = []
  const waiting = new Map<SurveyedPool, SurveyedNic[]>()
  for (const nic of survey.nics) {
    if (nic.nic.address !== undefined || !survey.networkById.has(nic.nic.network)) continue
    const pool = poolOfNic(survey, nic)
    if (pool) waiting.set(pool, [...(waiting.get(pool) ?? []), nic])
    else
      problems.push(
        noAddress(
          nic,
          `${nic.nic.network} has no pool for the role ${nic.vm.vm.role} and none for plain VMs`,
          'Add a pool',
        ),
      )
  }
  for (const [pool, nics] of waiting) {
    const free = listFree(survey.topology, pool.id, nics.length, survey.taken).length
    for (const nic of nics.slice(free)) {
      problems.push(
        noAddress(
          nic,
          `pool ${pool.id} has ${free} free for ${count(nics.length, 'NIC')}`,
          'Widen the pool',
        ),
      )
    }
  }
  return problems
}

const noAddress = (nic: SurveyedNic, why: string, what: string): Problem =>
  blocker(
    'vm.no-address',
    [...nic.path, 'address'],
    `${nic.vm.id} has no address in ${nic.nic.network} and none can be taken - ${why}. ${what} or write an address.`,
  )
