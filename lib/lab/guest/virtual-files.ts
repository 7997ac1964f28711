import type { Lab, Vm } from '../state'
import { cpuCount, memoryMib } from '../vm/config'
import { rootDisk } from './filesystem'
import { interfacesOf } from './interfaces'

/** Files that the kernel and the distribution make up; null for every other path. */
export function virtualFile(lab: Lab, vm: Vm, path: string): string | null {
  const guest = vm.guest
  const os = guest?.volume ? rootDisk(lab, vm).os : null
  if (!guest || !os) return null
  const config = vm.active ?? vm.config
  switch (path) {
    case '/proc/sys/kernel/random/boot_id':
      return `${guest.bootId}\n`
    case '/proc/uptime': {
      const seconds = ((lab.now.at - guest.bootAt) / 1000).toFixed(2)
      return `${seconds} ${seconds}\n`
    }
    case '/proc/cmdline':
      return `BOOT_IMAGE=/vmlinuz-${os.kernel} root=LABEL=cloudimg-rootfs ro console=tty1 console=ttyS0\n`
    case '/proc/meminfo':
      return `MemTotal:       ${memoryMib(config) * 1024} kB\nMemAvailable:   ${Math.round(memoryMib(config) * 1024 * 0.7)} kB\n`
    case '/proc/swaps':
      return `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${os.swap ? '/swap.img                               file\t\t2097148\t\t0\t\t-2\n' : ''}`
    case '/proc/cpuinfo':
      return Array.from(
        { length: cpuCount(config) },
        (_, n) => `processor\t: ${n}\nmodel name\t: QEMU Virtual CPU\n\n`,
      ).join('')
    case '/sys/class/dmi/id/product_uuid':
      return `${/uuid=([\w-]+)/.exec(config.smbios1 ?? '')?.[1] ?? ''}\n`
    case '/etc/os-release':
      return osRelease(os)
    case '/proc/modules':
      return os.modules.map((name) => `${name} 32768 0 - Live 0x0000000000000000\n`).join('')
    default:
      return sysFile(lab, vm, path)
  }
}

/** Whether the kernel makes up a folder there: a loaded module's, a card's. */
export function isVirtualFolder(lab: Lab, vm: Vm, path: string): boolean {
  const os = vm.guest?.volume ? rootDisk(lab, vm).os : null
  const [, kind, name] = /^\/sys\/(module|class\/net)\/([\w.-]+)$/.exec(path) ?? []
  if (!os || name === undefined) return false
  if (kind === 'module') return os.modules.includes(name.replaceAll('-', '_'))
  return interfacesOf(lab, vm).some((nic) => nic.name === name)
}

/** `/proc/sys/net/ipv4/ip_forward` and the like, and the cards below /sys/class/net. */
function sysFile(lab: Lab, vm: Vm, path: string): string | null {
  const sysctl = /^\/proc\/sys\/(.+)$/.exec(path)?.[1]?.replaceAll('/', '.')
  if (sysctl) {
    const value = rootDisk(lab, vm).os?.sysctl[sysctl]
    return value === undefined ? null : `${value}\n`
  }
  const card = /^\/sys\/class\/net\/([\w.]+)\/(address|mtu|operstate)$/.exec(path)
  const nic = card ? interfacesOf(lab, vm).find((candidate) => candidate.name === card[1]) : null
  if (!nic || !card) return null
  return `${card[2] === 'address' ? nic.mac.toLowerCase() : card[2] === 'mtu' ? nic.mtu : 'up'}\n`
}

function osRelease(os: { distro: string; release: string; codename: string }): string {
  const ubuntu = os.distro === 'ubuntu'
  return [
    `PRETTY_NAME="${ubuntu ? `Ubuntu ${os.release} LTS` : `Debian GNU/Linux ${os.release} (${os.codename})`}"`,
    `NAME="${ubuntu ? 'Ubuntu' : 'Debian GNU/Linux'}"`,
    `VERSION_ID="${os.release}"`,
    `VERSION_CODENAME=${os.codename}`,
    `ID=${os.distro}`,
    ...(ubuntu ? ['ID_LIKE=debian', `UBUNTU_CODENAME=${os.codename}`] : []),
    '',
  ].join('\n')
}
