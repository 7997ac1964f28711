import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { VmConfig } from '../state'
import { parseNet } from '../vm/net'

/**
 * What PVE's own cloud-init image says (Cloudinit.pm): hostname, user, keys, package_upgrade and
 * nothing else; network version 1. The instance id is the hash of user and network data, so a
 * changed address is a first boot (traps T2).
 */
export function pveCloudInit(
  vmid: number,
  config: VmConfig,
): { user: string; network: string; meta: string } {
  const user = userData(vmid, config)
  const network = networkData(config)
  const meta = `instance-id: ${bytesToHex(sha1(utf8ToBytes(user + network)))}\n`
  return { user, network, meta }
}

function userData(vmid: number, config: VmConfig): string {
  const name = config.name ?? `VM${vmid}`
  const keys = decodeURIComponent(config.sshkeys ?? '')
    .split('\n')
    .filter(Boolean)
  const domain = config.searchdomain?.split(' ')[0]
  return [
    '#cloud-config',
    `hostname: ${name}`,
    'manage_etc_hosts: true',
    ...(domain ? [`fqdn: ${name}.${domain}`] : []),
    ...(config.ciuser ? [`user: ${config.ciuser}`] : []),
    ...(keys.length > 0 ? ['ssh_authorized_keys:', ...keys.map((key) => `  - ${key}`)] : []),
    'chpasswd:',
    '  expire: False',
    'users:',
    '  - default',
    ...(config.ciupgrade === '0' ? [] : ['package_upgrade: true']),
    '',
  ].join('\n')
}

function networkData(config: VmConfig): string {
  const lines = ['version: 1', 'config:']
  for (let index = 0; index < 32; index += 1) {
    const ip = config[`ipconfig${index}`]
    const net = parseNet(config[`net${index}`] ?? '')
    if (!ip || !net?.mac) continue
    const parts = Object.fromEntries(ip.split(',').map((part) => part.split('=')))
    lines.push(
      '    - type: physical',
      `      name: eth${index}`,
      `      mac_address: '${net.mac.toLowerCase()}'`,
      '      subnets:',
    )
    if (parts.ip === 'dhcp') lines.push('      - type: dhcp4')
    else if (parts.ip) {
      const [address, prefix] = String(parts.ip).split('/')
      lines.push(
        '      - type: static',
        `        address: '${address}'`,
        `        netmask: '${netmask(Number(prefix))}'`,
      )
      if (parts.gw) lines.push(`        gateway: '${parts.gw}'`)
    }
  }
  const servers = (config.nameserver ?? '').split(/[ ,]+/).filter(Boolean)
  if (servers.length > 0)
    lines.push(
      '    - type: nameserver',
      '      address:',
      ...servers.map((server) => `      - '${server}'`),
    )
  return `${lines.join('\n')}\n`
}

const netmask = (prefix: number): string =>
  [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - start)))).join('.')
