import type { AddressMap } from './address-map'
import type { Change } from './change'
import { freeId } from './free-id'
import { networkOf } from './ipam'
import type { Holder } from './ipam-holders'
import { parseIpv4 } from './ipv4'
import type { Reservation, Topology } from './topology'

/** The columns of the table, in this order; reading takes them in any order, and others too. */
export const CSV_COLUMNS = [
  'address',
  'kind',
  'name',
  'mac',
  'vmid',
  'network',
  'pool',
  'owner',
  'until',
  'seen',
] as const

/** A cell that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Everybody who has an address as CSV (RFC 4180): a heading, one line a holder, CRLF. */
export function toAddressCsv(maps: readonly AddressMap[]): string {
  const lines = maps.flatMap(({ network, runs }) =>
    runs.flatMap(({ holders, pool }) =>
      holders.map((holder) =>
        row(holder, network, pool?.id ?? '')
          .map(cell)
          .join(','),
      ),
    ),
  )
  return `${[CSV_COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

const row = (holder: Holder, network: string, pool: string): string[] => [
  holder.address,
  holder.kind,
  holder.kind === 'reservation' ? (holder.path?.[1] ?? holder.label) : holder.label,
  holder.mac ?? '',
  holder.vmid === null ? '' : String(holder.vmid),
  network,
  pool,
  holder.owner ?? '',
  holder.until ?? '',
  holder.seen ? new Date(holder.seen.at).toISOString() : '',
]

/** What a table would change: reservations alone, because machines are drawn, not imported. */
export type CsvImport = {
  changes: Change[]
  added: number
  changed: number
  /** Lines that say what is so already, or tell of a machine. */
  skipped: number
  /** Every line that cannot be taken, with why. Nothing is imported while there is one. */
  faults: { line: number; message: string }[]
}

const MOST_LINES = 10_000

/**
 * Reads a table of addresses: each line whose kind is `reservation`, or that has none, becomes a
 * reservation, by its address; one that is there is corrected. Other kinds are passed over, so that
 * an exported table can be read back. Never removes anything.
 */
export function readAddressCsv(text: string, topology: Topology): CsvImport {
  const result: CsvImport = { changes: [], added: 0, changed: 0, skipped: 0, faults: [] }
  const [head, ...lines] = parseCsv(text.replace(/^\uFEFF/, ''))
  const columns = head?.cells.map((name) => name.trim().toLowerCase()) ?? []
  if (!columns.includes('address')) {
    return withFault(result, 1, 'The first line names the columns, and none of them is "address".')
  }
  if (lines.length > MOST_LINES) {
    return withFault(result, MOST_LINES + 2, `At most ${MOST_LINES} lines are read at once.`)
  }
  const reader = new Reader(topology)
  for (const { line, cells } of lines) {
    if (cells.every((each) => each.trim() === '')) continue
    const field = (name: string) => clean(cells[columns.indexOf(name)] ?? '')
    reader.take(line, field, result)
  }
  return result.faults.length > 0 ? { ...result, changes: [], added: 0, changed: 0 } : result
}

const withFault = (result: CsvImport, line: number, message: string): CsvImport => ({
  ...result,
  faults: [{ line, message }],
})

/** Without the quote that {@link cell} put in front of a formula. */
const clean = (text: string) => text.trim().replace(/^'(?=[=+\-@])/, '')

class Reader {
  readonly #byAddress: Map<string, string>
  readonly #ids: Record<string, unknown>
  readonly #seen = new Map<string, number>()

  constructor(private readonly topology: Topology) {
    const kept = Object.entries(topology.reservations ?? {})
    this.#byAddress = new Map(kept.map(([id, { address }]) => [address, id]))
    this.#ids = Object.fromEntries(kept)
  }

  take(line: number, field: (name: string) => string, result: CsvImport): void {
    const kind = field('kind')
    if (kind !== '' && kind !== 'reservation') {
      result.skipped++
      return
    }
    const fault = (message: string) => result.faults.push({ line, message })
    const address = field('address')
    const before = this.#seen.get(address)
    if (parseIpv4(address) === null) fault(`"${address}" is no IPv4 address.`)
    else if (networkOf(this.topology, address) === null)
      fault(`${address} lies in no network of the drawing.`)
    else if (before !== undefined) fault(`${address} is in line ${before} already.`)
    this.#seen.set(address, line)
    const mac = field('mac').toUpperCase().replaceAll('-', ':')
    if (mac !== '' && !/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/.test(mac))
      fault(`"${field('mac')}" is no MAC such as BC:24:11:0A:00:01.`)
    const until = field('until')
    if (until !== '' && !isDay(until)) fault(`"${until}" is no date such as 2026-11-24.`)
    const owner = field('owner')
    if (owner.length > 2000) fault('The owner is longer than 2000 characters.')
    this.#add(field('name'), { address, ...some({ mac, owner, until }) }, result)
  }

  #add(name: string, wanted: Reservation, result: CsvImport): void {
    const id = this.#byAddress.get(wanted.address)
    const had = id === undefined ? undefined : this.topology.reservations?.[id]
    if (id === undefined || had === undefined) {
      const fresh = freeId(this.#ids, idFrom(name) ?? `at-${wanted.address.replaceAll('.', '-')}`)
      this.#ids[fresh] = true
      this.#byAddress.set(wanted.address, fresh)
      result.changes.push({ path: ['reservations', fresh], to: wanted })
      result.added++
      return
    }
    const changes = (['mac', 'owner', 'until'] as const).flatMap((key): Change[] => {
      const to = wanted[key]
      if (to === undefined || to === had[key]) return []
      const from = had[key]
      return [{ path: ['reservations', id, key], ...(from === undefined ? {} : { from }), to }]
    })
    result.changes.push(...changes)
    if (changes.length > 0) result.changed++
    else result.skipped++
  }
}

const some = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))

function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (!match) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** An id made of free words, or null where nothing is left of them. */
export function idFrom(words: string): string | null {
  const id = words
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '')
  if (id === '' || id === 'constructor') return null
  return /^[0-9]+$/.test(id) ? `at-${id}` : id
}

type Line = { line: number; cells: string[] }

/** RFC 4180, with `;` between cells where the first line has no comma (as spreadsheets write it). */
function parseCsv(text: string): Line[] {
  const [first = ''] = text.split(/\r?\n/, 1)
  const between = first.includes(',') ? ',' : first.includes(';') ? ';' : ','
  const lines: Line[] = []
  let cells: string[] = []
  let value = ''
  let quoted = false
  let line = 1
  let begin = 1
  const endCell = () => {
    cells.push(value)
    value = ''
  }
  const endLine = () => {
    endCell()
    lines.push({ line: begin, cells })
    cells = []
    begin = line
  }
  for (let i = 0; i < text.length; i++) {
    const each = text[i]!
    if (each === '\n') line++
    if (quoted) {
      if (each !== '"') value += each
      else if (text[i + 1] === '"') value += text[++i]
      else quoted = false
    } else if (each === '"' && value === '') quoted = true
    else if (each === between) endCell()
    else if (each === '\n') endLine()
    else if (each !== '\r') value += each
  }
  if (value !== '' || cells.length > 0) endLine()
  return lines
}
