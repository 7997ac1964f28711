import { COSTS, type Cost } from '../rules/code'
import { CODES } from '../rules/cost'
import { END_OF_LIFE_AS_OF, ENDED, ENDED_REPOSITORIES, ENDS } from '../rules/end-of-life'
import { NOT_APPLIED } from '../rules/not-applied'
import { SUPPORT } from '../rules/support'

const MEANS: Record<Cost, string> = {
  loss: 'data or a secret is gone, or open to everybody',
  outage: 'something that runs stops, or cannot be repaired',
  deploy: 'a deploy fails, or builds what nobody can use',
  slow: 'it works badly',
  untidy: 'it works, and will be in the way',
}

/** What breaks homelabs on real hardware, as the sources of the rules number it. */
const TRAPS: readonly [string, string][] = [
  ['T6', 'Destroying a VM frees every disk of its configuration, data disks included.'],
  [
    'T7',
    'An etcd snapshot alone restores nothing: keys, configuration and versions belong to it, kept elsewhere.',
  ],
  ['T8', 'A full thin pool stops every VM on it with an I/O error.'],
  [
    'T9',
    'Copies on one disk are three times the writes and no safety; what fails together decides.',
  ],
  ['T12', "Proxmox's firewall drops what nodes say to each other, and the panel with it."],
  ['T13', 'What is needed to repair something must not run on it.'],
  ['T14', 'A deploy into a VLAN needs somebody who routes there.'],
  ['T16', 'An endpoint that is an address means new certificates with the next load balancer.'],
  ['T17', "Calico's eBPF data plane: which NIC, which MTU, and what a mesh needs from it."],
  ['T18', 'MetalLB is silent on control planes, and answers ARP in its own network alone.'],
  [
    'T20',
    'A passed-through GPU wants q35, OVMF, memory that stays, a kernel with DRM, and one VM.',
  ],
  ['T21', 'etcd on a slow or shared disk loses its leader.'],
  ['T23', 'Registries limit how much is pulled without an account.'],
  ['T24', 'Defaults of add-ons: known passwords, interfaces without a login, data without an end.'],
  ['T27', 'HA below three votes restarts hosts; with local disks it moves nothing.'],
  ['T28', 'An SD card wears out under logs and databases.'],
  ['T35', 'Hosts run other guests too.'],
  ['T36', 'An address that somebody else answers at.'],
]

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (...cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
const table = (head: string[], rows: string[]) =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows].join('\n')

/** docs/rules.md. Generated; `npx vitest run lib/topology/rules/page.test.ts -u` renews it. */
export function rulesPage(): string {
  const codes = CODES.toSorted((a, b) => COSTS.indexOf(a.cost) - COSTS.indexOf(b.cost)).map(
    ({ code, severities, cost, what, source }) =>
      row(`\`${code}\``, severities.join(', '), cost, what, source ?? ''),
  )
  const ends = Object.entries(ENDS).flatMap(([product, lines]) =>
    lines.map(({ line, ends: day, source }) => row(product, line, day, source)),
  )
  const ended = [
    ...Object.entries(ENDED).map(([id, { ends: day, instead, source }]) =>
      row(id, day, instead, source),
    ),
    ...ENDED_REPOSITORIES.map(({ part, ends: day, source }) =>
      row(`repositories of ${part}`, day, "the project's own chart", source),
    ),
  ]
  const support = Object.entries(SUPPORT).flatMap(([id, pins]) =>
    pins.map(({ version, from, to }) => row(id, version, `${from} to ${to}`)),
  )
  const pretended = NOT_APPLIED.map(({ kind, at, what }) =>
    row(`\`${[kind, '*', ...at].join('.')}\``, what),
  )
  return `# What can be wrong with a document

Generated from the tables of \`lib/topology/rules\`; a test keeps it true.

*Blocker*: it cannot work, a plan is refused; the document is saved all the same. *Warning*: it works and will hurt; it can be acknowledged in the document, by name and with a reason, and is then no longer open. *Note*: honesty. Within a severity, problems are sorted by what it costs to ignore them:

${table(
  ['cost', 'what it means'],
  COSTS.map((cost) => row(cost, MEANS[cost])),
)}

Where one edit removes a problem, it carries that edit. *Modernise* makes all of these edits that change nobody's identity (no name, address, MAC, VMID, host, role or network) as one, until there are none left.

## Problems
${table(['code', 'severity', 'cost', 'what', 'source'], codes)}

## Traps
The sources above that begin with T.

${table(
  ['trap', 'what happens'],
  TRAPS.map(([id, text]) => row(id, text)),
)}

## Ends of life
Compared with their sources on ${END_OF_LIFE_AS_OF}. Where makers name a month, its last day; where they only say "no longer supported", the day on which they did. A line that is older than all rows of its product ended before. etcd and Helm have no field in the document: they come with Kubernetes and with the connection.

${table(['product', 'line', 'last day', 'source'], ends)}

What was given up altogether:

${table(['what', 'last day', 'instead', 'source'], ended)}

## Which add-on for which Kubernetes
${table(['add-on', 'version', 'Kubernetes'], support)}

## Drawn, and not brought about
Fields that the document holds, checks and counts, and that no step of a plan makes real in this version. Each object that has one gets one note.

${table(['field', 'what it would be'], pretended)}
`
}
