import { type FaultEntry, faultKinds } from '../fault-table'

const paramLine = ({
  name,
  label,
  is,
  choices,
  initial,
  required,
  help,
}: FaultEntry['params'][number]) => {
  const what = choices ? choices.map((each) => `\`${each}\``).join(', ') : is
  const more = [
    required ? 'has to be given' : null,
    initial === undefined ? null : `the form begins with \`${initial}\``,
    help ?? null,
  ].filter((each) => each !== null)
  return `- \`${name}\` (${label}): ${what}${more.length > 0 ? `; ${more.join('; ')}` : ''}`
}

const section = (entry: ReturnType<typeof faultKinds>[number]): string =>
  [
    `### ${entry.title}: \`${entry.kind}\``,
    entry.happens,
    `**What to see:** ${entry.shows}`,
    `**How it ends:** ${entry.ends}`,
    ...(entry.params.length > 0 ? [entry.params.map(paramLine).join('\n')] : []),
  ].join('\n\n')

const HEAD = `# Breaking the lab on purpose

Generated from \`lib/lab/fault-table.ts\`; a test keeps it true.

The lab is a simulated homelab: nothing real is touched. Its page in the panel, *Lab* (press \`LAB\` in the top bar), switches each failure on and off, and can make a new lab of one host or of three. Operators break and clear, admins reset; all of it is in the audit log. A script does the same at the panel:

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d '{"kind": "power-cut"}' https://panel.lan/api/lab/faults
curl -X DELETE -H "Authorization: Bearer $TOKEN" https://panel.lan/api/lab/faults
\`\`\`

The token needs the scope \`jobs:run\`. \`GET /api/lab\` answers what the lab is like, which failures there are, and which are switched on. The lab itself has the same on the port of its Proxmox, without a token, for whoever is on the same machine: \`/lab/faults\`, \`/lab/faults/kinds\`, \`/lab/state\`, \`/lab/reset\`.

A lab that is made anew has as many hosts as \`LAB_HOSTS\` says, 1 or 3. Three are a cluster \`lab\` of \`pve1\` to \`pve3\` with quorum, HA, and the NFS storage \`nas\` that all of them share. Times below are those of the lab, which runs \`LAB_SPEED\` times faster than real time.

HA is as honest as the real one: one host has none, and a guest with a disk that only its host has does not start elsewhere.
`

/** docs/lab-faults.md. Generated; `npx vitest run lib/lab/faults-page.test.ts -u` renews it. */
export function faultsPage(): string {
  const kinds = faultKinds()
  const groups = [...new Set(kinds.map(({ group }) => group))]
  const parts = groups.flatMap((group) => [
    `## ${group}`,
    ...kinds.filter((each) => each.group === group).map(section),
  ])
  return `${[HEAD.trimEnd(), ...parts].join('\n\n')}\n`
}
