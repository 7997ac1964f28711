import type { Command, CommandContext, CommandFamily } from '../command'
import { findByAddress, type GuestInterface, interfacesOf } from '../interfaces'
import { inNetwork, neighboursOf, toNumber } from '../neighbours'
import { done, failed } from '../shell/script'
import { readOptions } from './text'

function networkOf(cidr: string): string {
  const [base = '', prefix = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  const number = Math.floor(toNumber(base) / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')}/${prefix}`
}

/** How a packet to an address would leave, or null without a route. */
function routeTo(nics: GuestInterface[], address: string) {
  for (const nic of nics)
    for (const cidr of nic.addresses)
      if (inNetwork(address, cidr)) return { nic, via: null, source: cidr.split('/')[0] as string }
  for (const nic of nics)
    for (const route of nic.routes)
      if (inNetwork(address, route.to))
        return { nic, via: route.via, source: nic.addresses[0]?.split('/')[0] ?? '' }
  const out = nics.find((nic) => nic.gateway)
  return out ? { nic: out, via: out.gateway, source: out.addresses[0]?.split('/')[0] ?? '' } : null
}

/** A gateway and whatever else is routed answers; an address of the lab only if its machine is up. */
export function answersPing(context: Pick<CommandContext, 'lab' | 'vm'>, address: string): boolean {
  const nics = interfacesOf(context.lab, context.vm)
  const route = routeTo(nics, address)
  if (!route) return address.startsWith('127.')
  if (findByAddress(context.lab, address)) return true
  if (neighboursOf(context.lab, context.vm).some((each) => each.address === address)) return true
  const isGateway = nics.some(
    (nic) => nic.gateway === address || nic.routes.some(({ via }) => via === address),
  )
  if (isGateway) return true
  const isHost = Object.values(context.lab.state.hosts).some((host) => host.address === address)
  return isHost || (route.via !== null && !isPrivate(address))
}

const isPrivate = (address: string): boolean =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)

const ip: Command = (context) => {
  const words = context.args.filter((arg) => !arg.startsWith('-'))
  const json = context.args.some((arg) => /^-(j|json|jp)$/.test(arg))
  const nics = interfacesOf(context.lab, context.vm)
  const [object = '', verb = 'show', target] = words
  if (/^a(ddr(ess)?)?$/.test(object) || /^l(ink)?$/.test(object))
    return showAddresses(nics, json, object.startsWith('l'))
  if (/^n(eigh(bou?r)?)?$/.test(object)) return showNeighbours(context, json)
  if (!/^r(oute)?$/.test(object)) return failed(`Object "${object}" is unknown, try "ip help".`)
  if (verb === 'get' && target) return showRouteTo(nics, target, json)
  return showRoutes(nics, json, words.includes('default'))
}

function showAddresses(nics: GuestInterface[], json: boolean, linkOnly: boolean) {
  const rows = [
    { ifname: 'lo', mtu: 65_536, address: '00:00:00:00:00:00', cidrs: ['127.0.0.1/8'] },
    ...nics.map((nic) => ({
      ifname: nic.name,
      mtu: nic.mtu,
      address: nic.mac.toLowerCase(),
      cidrs: nic.addresses,
    })),
  ]
  if (json)
    return done(
      `${JSON.stringify(
        rows.map((row, index) => ({
          ifindex: index + 1,
          ifname: row.ifname,
          flags: ['UP', 'LOWER_UP'],
          mtu: row.mtu,
          operstate: index === 0 ? 'UNKNOWN' : 'UP',
          link_type: index === 0 ? 'loopback' : 'ether',
          address: row.address,
          ...(linkOnly
            ? {}
            : {
                addr_info: row.cidrs.map((cidr) => ({
                  family: 'inet',
                  local: cidr.split('/')[0],
                  prefixlen: Number(cidr.split('/')[1]),
                  scope: 'global',
                })),
              }),
        })),
      )}\n`,
    )
  return done(
    rows
      .map(
        (row, index) =>
          `${index + 1}: ${row.ifname}: <UP,LOWER_UP> mtu ${row.mtu} state UP\n    link/ether ${row.address}\n${linkOnly ? '' : row.cidrs.map((cidr) => `    inet ${cidr} scope global ${row.ifname}\n`).join('')}`,
      )
      .join(''),
  )
}

/** `ip -s neigh`, with the seconds since each was used, confirmed and changed. */
function showNeighbours({ lab, vm }: CommandContext, json: boolean) {
  const rows = neighboursOf(lab, vm)
  if (json) {
    const told = rows.map(({ address, dev, mac }) => ({
      ...{ dst: address, dev, lladdr: mac.toLowerCase() },
      ...{ used: 12, confirmed: 12, updated: 12, probes: 1, state: ['REACHABLE'] },
    }))
    return done(`${JSON.stringify(told)}\n`)
  }
  return done(
    rows
      .map(
        ({ address, dev, mac }) => `${address} dev ${dev} lladdr ${mac.toLowerCase()} REACHABLE\n`,
      )
      .join(''),
  )
}

function showRoutes(nics: GuestInterface[], json: boolean, onlyDefault: boolean) {
  const rows = nics.flatMap((nic) => [
    ...(nic.gateway ? [{ dst: 'default', gateway: nic.gateway, dev: nic.name }] : []),
    ...(onlyDefault
      ? []
      : [
          ...nic.addresses.map((cidr) => ({
            dst: networkOf(cidr),
            dev: nic.name,
            prefsrc: cidr.split('/')[0],
          })),
          ...nic.routes.map((route) => ({ dst: route.to, gateway: route.via, dev: nic.name })),
        ]),
  ])
  if (json) return done(`${JSON.stringify(rows)}\n`)
  return done(
    rows
      .map(
        (row) =>
          `${row.dst}${'gateway' in row ? ` via ${row.gateway}` : ''} dev ${row.dev} proto static\n`,
      )
      .join(''),
  )
}

function showRouteTo(nics: GuestInterface[], target: string, json: boolean) {
  const route = routeTo(nics, target)
  if (!route) return failed('RTNETLINK answers: Network is unreachable', 2)
  const row = {
    dst: target,
    dev: route.nic.name,
    prefsrc: route.source,
    ...(route.via ? { gateway: route.via } : {}),
  }
  if (json) return done(`${JSON.stringify([row])}\n`)
  return done(
    `${target}${route.via ? ` via ${route.via}` : ''} dev ${route.nic.name} src ${route.source} uid 0\n`,
  )
}

const ping: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 'cWwiI')
  const address = operands[0] ?? ''
  const count = Number(flags.get('c') ?? 4)
  const nics = interfacesOf(context.lab, context.vm)
  if (!routeTo(nics, address)) return failed('ping: connect: Network is unreachable', 2)
  const good = answersPing(context, address)
  const waitMs = good ? 400 : Number(flags.get('W') ?? flags.get('w') ?? 10) * 1000
  const summary = `${count} packets transmitted, ${good ? count : 0} received, ${good ? 0 : 100}% packet loss`
  return {
    steps: [{ do: 'write', afterMs: waitMs, stream: 'out', text: `PING ${address}\n${summary}\n` }],
    code: good ? 0 : 1,
  }
}

/** `nc -z HOST PORT`: whether a port is open. */
const nc: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 'wi')
  const [address = '', port = ''] = operands
  const vm = findByAddress(context.lab, address)
  const open = vm !== null && portIsOpen(context, vm, Number(port))
  const waitMs = vm ? 100 : Number(flags.get('w') ?? 30) * 1000
  const text = flags.has('v')
    ? `Connection to ${address} ${port} port [tcp/*] ${open ? 'succeeded!' : 'failed: Connection refused'}\n`
    : ''
  return { steps: [{ do: 'write', afterMs: waitMs, stream: 'err', text }], code: open ? 0 : 1 }
}

const PORTS: Record<number, readonly string[]> = {
  111: ['nfs-server'],
  2049: ['nfs-server'],
  10250: ['kubelet', 'k3s', 'k3s-agent'],
  6443: ['kubelet', 'k3s'],
}

function portIsOpen(
  _context: CommandContext,
  vm: NonNullable<ReturnType<typeof findByAddress>>,
  port: number,
): boolean {
  if (port === 22) return vm.guest?.ssh === true
  const units = PORTS[port] ?? []
  if (units.some((unit) => vm.guest?.units[unit]?.active === 'active')) return true
  return port === 6443 && vm.guest?.units.haproxy?.active === 'active'
}

const resolvectl: Command = (context) => {
  const servers = interfacesOf(context.lab, context.vm).flatMap((nic) => nic.dns)
  return done(`Global\n  DNS Servers: ${servers.join(' ')}\n`)
}

/** Commands about networks, judged by what the guest's own network data says. */
export const networkCommands: CommandFamily = { commands: { ip, ping, nc, resolvectl } }
