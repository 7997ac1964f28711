import type { Json } from '../change'
import { contains, formatCidr, parseIpv4 } from '../ipv4'
import { atPath } from '../json'
import type { Problem } from '../problem'
import type { Topology } from '../topology'
import { fixTo, note, warning } from './rule'
import type { Survey } from './survey'

/** A list without one of its entries, as a fix; the field goes with its last. */
const without = (
  label: string,
  field: 'acknowledged' | 'holds',
  list: readonly Json[],
  i: number,
) =>
  fixTo(label, {
    path: [field],
    from: [...list],
    ...(list.length > 1 ? { to: list.filter((_, each) => each !== i) } : {}),
  })

/** What stands beside the document decides these, so that their absence means nothing where it is not told. */
const NEEDS_SIGHT: ReadonlySet<string> = new Set([
  'host.memory-tight',
  'host.cpu-overcommitted',
  'storage.overcommitted',
])

/** What `acknowledged.gone` asks of the verdict so far: names of the warnings that were met, and of what else is open. */
export type Judged = {
  met: ReadonlySet<string>
  open: ReadonlyMap<string, Problem>
  /** Whether what is not in the document was told. */
  sighted: boolean
  nameOf: (entry: { code: string; path: readonly string[] }) => string
}

/** `acknowledged.gone`: a warning that was accepted and is no more. Judged after all other rules. */
export function staleAcknowledgements({ acknowledged }: Topology, judged: Judged): Problem[] {
  const list = acknowledged ?? []
  return list.flatMap((entry, i) => {
    const name = judged.nameOf(entry)
    if (judged.met.has(name) || (!judged.sighted && NEEDS_SIGHT.has(entry.code))) return []
    const now = judged.open.get(name)
    const why = now
      ? `it is a ${now.severity} now, which nobody can accept`
      : 'there is no such warning any more - if it comes back, it would be accepted unseen'
    return [
      note(
        'acknowledged.gone',
        ['acknowledged', String(i)],
        `${entry.by} accepted ${entry.code} at ${entry.path.join('.')}, and ${why}${now ? ' - the entry does nothing' : ''}. Take the entry away.`,
        without('Take the entry away', 'acknowledged', list as unknown as Json[], i),
      ),
    ]
  })
}

/** What steps of a plan act on: a hold on anything else leaves nothing out. */
const HELD: ReadonlySet<string> = new Set(['vms', 'templates', 'clusters', 'hosts'])

/** `hold.gone`, `hold.over`, `hold.no-effect`: holds on what is not there, past their day, or on what no plan touches. */
export function holdsHold({ topology, today }: Survey): Problem[] {
  const list = topology.holds ?? []
  return list.flatMap((hold, i) => {
    const fix = () => without('Take the hold away', 'holds', list as unknown as Json[], i)
    if (atPath(topology as unknown as Json, hold.path) === undefined) {
      return [
        note(
          'hold.gone',
          ['holds', String(i)],
          `${hold.by} holds ${hold.path.join('.')}, which is not in the document - nothing is held. Take the hold away.`,
          fix(),
        ),
      ]
    }
    if (!HELD.has(hold.path[0] ?? '')) {
      return [
        note(
          'hold.no-effect',
          ['holds', String(i)],
          `${hold.by} holds ${hold.path.join('.')}, which no step of a plan acts on - nothing is left out for it. Hold the VMs, templates, hosts or clusters that are meant.`,
          fix(),
        ),
      ]
    }
    if (hold.until === undefined || hold.until >= today) return []
    return [
      note(
        'hold.over',
        ['holds', String(i)],
        `The hold of ${hold.by} on ${hold.path.join('.')} ended on ${hold.until} - the plan treats it like anything else. Take the hold away, or give it another day.`,
        fix(),
      ),
    ]
  })
}

/** `reservation.over`, `reservation.outside-network`: addresses that are kept. */
export function reservationsKeep({ topology, networkById, today }: Survey): Problem[] {
  return Object.entries(topology.reservations ?? {}).flatMap(([id, reservation]) => {
    const { until, network, address: text } = reservation
    if (until !== undefined && until < today) {
      return [
        note(
          'reservation.over',
          ['reservations', id],
          `${text} was kept until ${until} (${reservation.owner ?? id}) - it may be given away now. Take the reservation away, or give it another day.`,
          fixTo('Take the reservation away', {
            path: ['reservations', id],
            from: reservation as unknown as Json,
          }),
        ),
      ]
    }
    const address = parseIpv4(text)
    const block = network === undefined ? null : networkById.get(network)?.block
    if (address === null || !block || contains(block, address)) return []
    return [
      warning(
        'reservation.outside-network',
        ['reservations', id, 'address'],
        `${text} is kept in ${network} (${formatCidr(block)}) and does not lie in it - nothing is kept. Correct one of them.`,
      ),
    ]
  })
}
