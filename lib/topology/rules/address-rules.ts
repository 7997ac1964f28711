import { type AddressUse, clashOf, whoHas } from '../address-uses'
import { isKept, listFree } from '../ipam'
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

/** `ip.duplicate`: one address for what cannot share it: machines, endpoints, tunnels. */
export function addressesAreUnique(survey: Survey): Problem[] {
  const nicAt = ([, vm, , nic]: readonly string[]) =>
    survey.nics.find((each) => each.vm.id === vm && each.id === nic)
  // Whoever resolves names is somebody else's other name, and the same in many networks.
  const uses = survey.uses.filter(({ kind }) => kind !== 'resolver')
  return duplicates(uses, ({ address }) => address).flatMap(([, same]) =>
    same.flatMap((use, i) => {
      const found = firstClash(survey, same, i)
      if (!found) return []
      if (found.clash === 'perhaps') return [perhapsDuplicate(use, found.other)]
      const nic = use.kind === 'vm' ? nicAt(use.path) : undefined
      return [
        blocker(
          'ip.duplicate',
          use.path,
          `${use.text} is already the address of ${whoHas(found.other)} - only one of them would answer. Use another.`,
          nic ? nextFreeFix(survey, nic) : null,
        ),
      ]
    }),
  )
}

/** The first use before the one at a place that certainly clashes with it, else one that may. */
function firstClash(
  { topology }: Survey,
  same: readonly AddressUse[],
  place: number,
): { other: AddressUse; clash: 'perhaps' | 'yes' } | null {
  let perhaps: AddressUse | null = null
  for (let i = 0; i < place; i++) {
    const other = same[i]!
    const clash = clashOf(topology, other, same[place]!)
    if (clash === 'yes') return { other, clash }
    if (clash === 'perhaps') perhaps ??= other
  }
  return perhaps ? { other: perhaps, clash: 'perhaps' } : null
}

function perhapsDuplicate(use: AddressUse, other: AddressUse): Problem {
  const what =
    use.kind === 'service'
      ? `and service ${use.id} says that it runs on ${use.machine.split('/')[1]}`
      : `and that of ${whoHas(use)}`
  const how =
    use.kind === 'service'
      ? 'Correct one of them'
      : 'If they are one box, write the address at one of them; else use another'
  return warning(
    'ip.duplicate',
    use.path,
    `${use.text} is the address of ${whoHas(other)}, ${what} - only one machine answers at it. ${how}.`,
  )
}

/** `ip.taken`: somebody whom the document does not know answers at it, or it is kept for somebody. */
export function addressesAreOurs(survey: Survey): Problem[] {
  const strangers = strangersIn(survey)
  return survey.nics.flatMap((nic) => {
    const { address, mac } = nic.nic
    const stranger = address === undefined ? undefined : strangers.get(address)
    // Kept for this very NIC.
    if (stranger === undefined || (mac !== undefined && mac === stranger.mac)) return []
    return [
      blocker(
        'ip.taken',
        [...nic.path, 'address'],
        `${address} is in use by ${stranger.who} - only one of them would answer. Use another.`,
        nextFreeFix(survey, nic),
      ),
    ]
  })
}

type Stranger = { who: string; mac: string | null }

/** Who has an address that is not ours, in words: seen, or kept for somebody. */
function strangersIn({ topology, unmanaged, today }: Survey): Map<string, Stranger> {
  const strangers = new Map<string, Stranger>()
  for (const [id, reservation] of Object.entries(topology.reservations ?? {})) {
    const { address, owner, mac = null } = reservation
    if (isKept(reservation, today))
      strangers.set(address, { who: `${owner ?? id}, who reserved it`, mac })
  }
  for (const { address, owner } of unmanaged.addresses)
    strangers.set(address, { who: owner, mac: null })
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
  if (text === network.gateway && !routes(survey, nic)) {
    return blocker(
      'ip.reserved',
      path,
      `${text} is the gateway of ${networkId} - the whole network would lose its way out. Use another.`,
      fix(),
    )
  }
  return outsidePool(survey, nic, address)
}

/** Whether the VM is the router of its NIC's network: then the gateway's address is its own. */
function routes({ topology }: Survey, { vm, nic }: SurveyedNic): boolean {
  const router = topology.networks?.[nic.network]?.router
  return router !== undefined && topology.routers?.[router]?.runsOn === vm.id
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
    // An adopted VM has an address already; nobody needs to know it.
    if (nic.vm.vm.adopted) continue
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
