import type { Problem } from '../problem'
import { blocker, duplicates, fixTo } from './rule'
import type { Survey } from './survey'

const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

type Numbered = { path: string[]; owner: string; vmid: number }

const numbered = ({ topology }: Survey): Numbered[] =>
  (['templates', 'vms'] as const).flatMap((kind) =>
    Object.entries(topology[kind] ?? {}).flatMap(([id, { vmid }]) =>
      vmid === undefined ? [] : [{ path: [kind, id, 'vmid'], owner: id, vmid }],
    ),
  )

/** `vmid.duplicate`: Proxmox knows each number once in a cluster, templates included. */
export function vmidsAreUnique(survey: Survey): Problem[] {
  return duplicates(numbered(survey), ({ vmid }) => vmid).flatMap(([vmid, [first, ...others]]) =>
    others.map(({ path }) =>
      blocker(
        'vmid.duplicate',
        path,
        `VMID ${vmid} is already that of ${first!.owner} - Proxmox has each number once. A new one is taken on save.`,
        fixTo('Take a new VMID', { path, from: vmid }),
      ),
    ),
  )
}

/** `vmid.taken`: the number belongs to a guest that is not ours. */
export function vmidsAreOurs(survey: Survey): Problem[] {
  const written = Object.entries(survey.topology.unmanaged ?? {}).flatMap(([name, guest]) =>
    guest.vmid === undefined ? [] : [{ vmid: guest.vmid, name, host: guest.host ?? 'some host' }],
  )
  const strangers = new Map(
    [...written, ...survey.unmanaged.guests].map((guest) => [guest.vmid, guest]),
  )
  return numbered(survey).flatMap(({ path, vmid }) => {
    const stranger = strangers.get(vmid)
    if (!stranger) return []
    return [
      blocker(
        'vmid.taken',
        path,
        `VMID ${vmid} belongs to ${stranger.name} on ${stranger.host}, which Drawbridge does not manage - it is never touched. A new one is taken on save.`,
        fixTo('Take a new VMID', { path, from: vmid }),
      ),
    ]
  })
}

/** `mac.duplicate`: two NICs with one MAC lose each other's frames. */
export function macsAreUnique({ nics }: Survey): Problem[] {
  return duplicates(nics, ({ nic }) => nic.mac ?? null).flatMap(([mac, [first, ...others]]) =>
    others.map(({ path }) =>
      blocker(
        'mac.duplicate',
        [...path, 'mac'],
        `MAC ${mac} is already that of ${first!.vm.id} (${first!.id}) - frames would go astray. A new one is taken on save.`,
        fixTo('Take a new MAC', { path: [...path, 'mac'], from: mac }),
      ),
    ),
  )
}

/** `name.duplicate`: two machines that answer to one name. */
export function namesAreUnique({ hosts, vms }: Survey): Problem[] {
  const machines = [
    ...hosts.map(([id, host]) => ({ path: ['hosts', id], id, own: host.name })),
    ...vms.map(({ id, vm }) => ({ path: ['vms', id], id, own: vm.name })),
  ]
  return duplicates(machines, ({ id, own }) => own ?? id).flatMap(([name, same]) => {
    // Whoever has the name as its id keeps it.
    const keeper = same.find(({ own }) => own === undefined) ?? same[0]!
    return same
      .filter((each) => each !== keeper)
      .map(({ path, own }) =>
        blocker(
          'name.duplicate',
          own === undefined ? path : [...path, 'name'],
          `The name ${name} is already that of ${keeper.path.join('.')} - a host name is had by one machine. Give it another.`,
          own === undefined
            ? null
            : fixTo('Use its id as name', { path: [...path, 'name'], from: own }),
        ),
      )
  })
}

/** `name.not-dns`: a name that no resolver would look up. */
export function namesAreDns({ networks, clusters }: Survey): Problem[] {
  const names: { path: string[]; name: string | undefined }[] = [
    ...networks.map(({ id, network }) => ({
      path: ['networks', id, 'domain'],
      name: network.domain,
    })),
    ...clusters.flatMap(([id, cluster]) => [
      { path: ['clusters', id, 'endpoint', 'name'], name: cluster.endpoint?.name },
      ...Object.entries(cluster.addOns ?? {}).map(([addOn, { host }]) => ({
        path: ['clusters', id, 'addOns', addOn, 'host'],
        name: host,
      })),
    ]),
  ]
  const bad = names.flatMap(({ path, name }) =>
    name === undefined || DNS_NAME.test(name)
      ? []
      : [
          blocker(
            'name.not-dns',
            path,
            `"${name}" is no DNS name - write labels of lower-case letters, digits and inner hyphens, joined by dots.`,
          ),
        ],
  )
  const twice = duplicates(
    names.filter(({ path }) => path.at(-1) === 'host'),
    ({ name }) => name ?? null,
  ).flatMap(([name, [first, ...others]]) =>
    others.map(({ path }) =>
      blocker(
        'name.duplicate',
        path,
        `${name} is already the host of ${first!.path[3]} - an ingress serves one of them. Give it another.`,
      ),
    ),
  )
  return [...bad, ...twice]
}
