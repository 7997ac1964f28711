import {
  areaCommand,
  neededPrivileges,
  PRIVILEGE_AREAS,
  type PrivilegeArea,
  privilegesOfArea,
  roleCommands,
  roleUpdateCommands,
  WHEN_NEEDED,
} from '../privileges'

const VERSIONS = [
  { major: 9, name: 'Proxmox VE 9', note: 'The reference: what the panel is made and tested for.' },
  {
    ...{ major: 8, name: 'Proxmox VE 8.4' },
    note: 'Supported too, older ones are not. It names the agent’s privilege differently.',
  },
] as const

const HEAD = `# What the panel asks of Proxmox

Generated from \`lib/proxmox/privileges.ts\`; a test keeps it true, and another runs these commands at the lab, as 9 and as 8.4, and holds the token that they make to the suite of what the panel does with VMs.

Run the commands in a node's shell as root. They make a role with exactly the privileges below, a user without a password, and a token with the user's rights; the last one prints the token's secret, once. *Test* of a connection compares a token with this list and names what is missing, which of the further areas below it may work in, and what is more than needed.`

const code = (lines: readonly string[]) => ['```sh', ...lines, '```'].join('\n')

const section = ({ major, name, note }: (typeof VERSIONS)[number]): string =>
  [
    `## ${name}`,
    note,
    code(roleCommands(major)),
    'After an upgrade of Proxmox or of the panel, the role is brought up to date by',
    code(roleUpdateCommands(major)),
    [
      '| privilege | what for |',
      '|---|---|',
      ...neededPrivileges(major).map(
        (each) => `| \`${each.name}\` | ${each.why}${each.optional ? '; can be left out' : ''} |`,
      ),
    ].join('\n'),
  ].join('\n\n')

const names = (area: PrivilegeArea, major: number) =>
  Object.keys(privilegesOfArea(area, major))
    .map((name) => `\`${name}\``)
    .join(', ') || 'nothing more'

const areas = (): string =>
  [
    '## Only where it is used',
    '*Test* does not ask for these; what needs one and lacks it says so by name. Add what you use:',
    [
      '| when | PVE 9 | PVE 8.4 |',
      '|---|---|---|',
      ...PRIVILEGE_AREAS.map(
        (area) => `| ${WHEN_NEEDED[area]} | ${names(area, 9)} | ${names(area, 8)} |`,
      ),
    ].join('\n'),
    'For PVE 9:',
    code(
      PRIVILEGE_AREAS.flatMap((area) => {
        const command = areaCommand(area, 9)
        return command === null ? [] : [`# ${WHEN_NEEDED[area]}`, command]
      }),
    ),
  ].join('\n\n')

/**
 * docs/proxmox-privileges.md. Generated; `npx vitest run lib/proxmox/privileges-page.test.ts -u`
 * renews it.
 */
export const privilegesPage = (): string =>
  `${[HEAD, ...VERSIONS.map(section), areas()].join('\n\n')}\n`
