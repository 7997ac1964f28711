import { parseDrive } from '../vm/drive'
import { whyNotNet } from '../vm/net'

/** What is wrong with a text of that format, in PVE's words without `invalid format - `, or null. */
type Format = (value: string) => string | null

const form =
  (regex: RegExp, message: string | ((value: string) => string)): Format =>
  (value) =>
    regex.test(value) ? null : typeof message === 'string' ? message : message(value)

const looksLike = (regex: RegExp, what: string): Format =>
  form(regex, `value does not look like a valid ${what}`)

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const IPV4 = `${OCTET}(\\.${OCTET}){3}`
const IPV6 = '[0-9a-fA-F]*:[0-9a-fA-F:.]+'
const whole = (text: string): RegExp => new RegExp(`^(?:${text})$`)

const ipv4 = whole(IPV4)
const ipv4Net = whole(`${IPV4}/([89]|[12]\\d|3[0-2])`)
const ipv6Net = whole(`${IPV6}/([1-9]\\d|[89]|1[01]\\d|12[0-8])`)
const net = whole(`${ipv4Net.source.slice(4, -2)}|${ipv6Net.source.slice(4, -2)}`)

/** An address, network, range, alias or set of a firewall rule. */
const firewallAddress: Format = (value) => {
  for (const part of value.split(/[,\s]+/)) {
    if (/^\+?[a-z][\w./-]*$/i.test(part)) continue
    for (const end of part.split('-')) {
      const [address = '', bits] = end.split('/')
      if (ipv4.test(address) && bits !== undefined && Number(bits) > 32)
        return `invalid IP address: Prefix length ${bits} is longer than IP address (32)`
      if (!ipv4.test(address) && !whole(IPV6).test(address)) return `invalid IP address: ${end}`
    }
  }
  return null
}

const sdnId =
  (what: string): Format =>
  (value) => {
    if (!/^[a-z][a-z0-9]*[a-z0-9]$/i.test(value))
      return `${what} ID '${value}' contains illegal characters`
    return value.length > 8 ? `${what} ID '${value}' can't be more length than 8 characters` : null
  }

/** systemd-like calendar events as PVE reads them: days, a time, `*` and steps, or a word. */
const calendar: Format = (value) => {
  const day = '(mon|tue|wed|thu|fri|sat|sun)(day)?'
  const days = `${day}((,|\\.\\.|-)${day})*`
  const field = '(\\*|\\d+)([,.]{1,2}\\d+)*(/\\d+)?'
  const time = `${field}(:${field}){0,2}`
  const date = `${field}-${field}(-${field})?`
  const event = `(${days}\\s*)?(${date}\\s*)?(${time})?|minutely|hourly|daily|weekly|monthly|yearly|quarterly|semiannually`
  return value.trim() !== '' && new RegExp(`^(${event})$`, 'i').test(value.trim())
    ? null
    : `invalid calendar event '${value}' - unable to parse calendar event '${value}'\n`
}

const inside = (text: string): string => `format error\n${text}`

const ipconfig: Format = (value) => {
  const parts = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
  const ip = parts.get('ip')
  if (parts.has('gw') && !ip)
    return inside("ipconfig0.ip: missing property - 'ipconfig0.gw' requires this property")
  if (ip && ip !== 'dhcp' && !/^\d+(\.\d+){3}\/\d+$/.test(ip))
    return inside(
      'ipconfig0.ip: invalid format - value does not look like a valid ipv4 network configuration',
    )
  return null
}

const memory: Format = (value) => {
  const amount = /^(?:current=)?(\d+)$/.exec(value)?.[1]
  if (!amount) return inside(`memory.current: type check ('integer') failed - got '${value}'`)
  return Number(amount) < 16
    ? inside('memory.current: value must have a minimum value of 16')
    : null
}

/** Models of QEMU 7 to 10 that `cpu` may name; anything else is a custom one. */
const CPU_MODELS =
  /^(host|max|486|athlon|phenom|pentium[23]?|coreduo|core2duo|k(vm|vm)?(32|64)|kvm(32|64)|qemu(32|64)|x86-64-v[234](-AES)?|Conroe|Penryn|EPYC\S*|Opteron_G[1-5]|(Nehalem|Westmere|SandyBridge|IvyBridge|Haswell|Broadwell|Skylake|Cascadelake|Cooperlake|Icelake|SapphireRapids|GraniteRapids|KnightsMill)\S*)$/

const cpu: Format = (value) => {
  const model = /^(?:cputype=)?([^,=]+)/.exec(value)?.[1] ?? ''
  return /=/.test(value.split(',')[0] ?? '') && !value.startsWith('cputype=')
    ? null
    : CPU_MODELS.test(model) || /^custom-/.test(model)
      ? null
      : `Built-in cputype '${model}' is not defined (missing 'custom-' prefix?)`
}

const nameOf = (what: string): Format =>
  form(/^[A-Za-z0-9.\-_/]+$/, (value) => `${what} name '${value}' contains invalid characters`)

/** Formats by their names in PVE's schema, without `pve-`; words of our own for VM options. */
export const FORMATS: Readonly<Record<string, Format>> = {
  vmid: looksLike(/^[1-9]\d{2,8}$/, 'VM ID'),
  node: looksLike(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, 'node name'),
  'dns-name': looksLike(
    /^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*$/,
    'DNS name',
  ),
  configid: form(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  storage: form(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
    (value) => `storage ID '${value}' contains illegal characters`,
  ),
  iface: form(
    /^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i,
    (value) => `invalid network interface name '${value}'`,
  ),
  ip: looksLike(whole(`${IPV4}|${IPV6}`), 'IP address'),
  ipv4: looksLike(ipv4, 'IPv4 address'),
  ipv6: looksLike(whole(IPV6), 'IPv6 address'),
  ipv4mask: looksLike(whole(`${IPV4}|([12]?\\d|3[0-2])`), 'IP netmask'),
  CIDR: looksLike(net, 'CIDR network'),
  CIDRv4: looksLike(ipv4Net, 'IPv4 CIDR network'),
  CIDRv6: looksLike(ipv6Net, 'IPv6 CIDR network'),
  'sdn-subnet-id': looksLike(
    whole(`${net.source.slice(4, -2)}|[\\w]+-[\\w.:]+-\\d+`),
    'CIDR network',
  ),
  IPorCIDR: looksLike(
    whole(`${IPV4}|${IPV6}|${net.source.slice(4, -2)}`),
    'IP address or CIDR network',
  ),
  'mac-addr': looksLike(/^[a-f0-9][02468ace](:[a-f0-9]{2}){5}$/i, 'unicast MAC address'),
  'email-opt': looksLike(
    /^$|^[\w+\-~]+(\.[\w+\-~]+)*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/,
    'email address',
  ),
  userid: form(
    /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/,
    (value) => `value '${value}' does not look like a valid user name`,
  ),
  groupid: nameOf('group'),
  roleid: nameOf('role'),
  poolid: nameOf('pool'),
  realm: looksLike(/^[a-z][a-z0-9.\-_]+$/i, 'realm'),
  'sdn-zone-id': sdnId('zone'),
  'sdn-vnet-id': sdnId('vnet'),
  'ha-resource-or-vm-id': looksLike(/^((vm|ct):)?[1-9]\d{2,8}$/, 'ha resource id'),
  'ha-resource-id': looksLike(/^(vm|ct):[1-9]\d{2,8}$/, 'ha resource id'),
  'fw-addr-spec': firewallAddress,
  'calendar-event': calendar,
  tags: form(
    /^[a-zA-Z0-9_][a-zA-Z0-9_\-+.]*([;, ][a-zA-Z0-9_][a-zA-Z0-9_\-+.]*)*$/,
    'invalid characters in tag',
  ),
  urlencoded: form(/^[-%a-zA-Z0-9_.!~*'()]*$/, (value) => `invalid urlencoded string: ${value}`),
  drive: (value) =>
    parseDrive(value) ? null : inside('file: property is missing and it is not optional'),
  net: (value) =>
    whyNotNet(value)
      ?.replace(/^invalid format - /, '')
      .replace(/\n$/, '') ?? null,
  ipconfig,
  memory,
  cpu,
}

/** Words that mean the same. */
const SAME: Readonly<Record<string, string>> = { 'storage-id': 'storage' }

/** Why a text is not of that format (`node`, `vmid-list` ...); null if it is, or nobody checks it. */
export function whyNotFormat(name: string, value: string): string | null {
  const list = name.endsWith('-list') ? name.slice(0, -5) : null
  const check = FORMATS[SAME[list ?? name] ?? list ?? name]
  if (!check) return null
  const parts = list === null ? [value] : value.split(/[,;\s]+/).filter(Boolean)
  for (const part of parts) {
    const fault = check(part)
    if (fault !== null) return `invalid format - ${fault}\n`
  }
  return null
}
