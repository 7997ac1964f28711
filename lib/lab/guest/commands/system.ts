import { faultsOf } from '../../faults'
import type { Lab, Vm } from '../../state'
import { cpuCount, memoryMib } from '../../vm/config'
import type { Command, CommandFamily } from '../command'
import { listNames, readText, writeText } from '../filesystem'
import { done, effect, failed, type Script } from '../shell/script'
import { beginShutdown } from '../stop'
import { pathOf, readFor, readOptions } from './text'

const rootOnly = (user: string, script: () => Script, message: string): Script =>
  user === 'root' ? script() : failed(message)

/** Goes down a moment after the command has answered, as systemd does. */
const goDown = (to: 'off' | 'reboot'): Script => ({
  steps: [effect('system.down', { to }, 300)],
  code: 0,
})

const power =
  (to: 'off' | 'reboot'): Command =>
  ({ user, name }) =>
    rootOnly(user, () => goDown(to), `${name}: Access denied`)

const shutdown: Command = ({ args, user }) =>
  rootOnly(user, () => goDown(args.includes('-r') ? 'reboot' : 'off'), 'shutdown: Access denied')

const hostname: Command = ({ args, os }) => {
  const fqdn = args.includes('-f') || args.includes('--fqdn')
  return done(`${fqdn ? `${os.hostname}.lan` : os.hostname}\n`)
}

const hostnamectl: Command = (context) => {
  const { args, os, lab, vm, mtime } = context
  if (args[0] === 'set-hostname' || args[0] === 'hostname') {
    os.hostname = args[1] ?? os.hostname
    writeText(lab, vm, '/etc/hostname', `${os.hostname}\n`, { mtime })
    return done()
  }
  return done(
    ` Static hostname: ${os.hostname}\n  Virtualization: kvm\nOperating System: ${os.distro} ${os.release}\n          Kernel: Linux ${os.kernel}\n`,
  )
}

const id: Command = ({ args, user, os }) => {
  const name = args.find((arg) => !arg.startsWith('-')) ?? user
  const known = os.users.find((candidate) => candidate.name === name)
  const uid = name === 'root' ? 0 : known?.uid
  if (uid === undefined) return failed(`id: '${name}': no such user`)
  if (args.includes('-un')) return done(`${name}\n`)
  if (args.includes('-u')) return done(`${uid}\n`)
  return done(
    `uid=${uid}(${name}) gid=${uid}(${name}) groups=${uid}(${name})${known?.sudo ? ',27(sudo)' : ''}\n`,
  )
}

const uname: Command = ({ args, os }) => {
  if (args.includes('-r')) return done(`${os.kernel}\n`)
  if (args.includes('-m')) return done('x86_64\n')
  if (args.includes('-a'))
    return done(`Linux ${os.hostname} ${os.kernel} #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n`)
  return done('Linux\n')
}

const uptime: Command = ({ args, lab, guest }) => {
  const seconds = Math.floor((lab.now.at - guest.bootAt) / 1000)
  const since = new Date(lab.now.wall - (lab.now.at - guest.bootAt) / lab.now.speed)
  if (args.includes('-s')) return done(`${since.toISOString().slice(0, 19).replace('T', ' ')}\n`)
  return done(
    ` up ${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')},  1 user,  load average: 0.08, 0.05, 0.01\n`,
  )
}

/** `date +FORMAT` with %s %F %T %Y %m %d %H %M %S %z %Z, and -u, -Is. */
const date: Command = ({ args, lab, vm }) => {
  const skewMs = clockSkews(lab, vm).reduce((sum, { seconds }) => sum + seconds * 1000, 0)
  const wall = lab.now.wall + skewMs
  const now = new Date(wall)
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1)
  const iso = now.toISOString()
  if (args.some((arg) => /^(-I\w*|--iso-8601.*)$/.test(arg)))
    return done(`${iso.slice(0, 19)}+00:00\n`)
  if (!format) return done(`${now.toUTCString()}\n`)
  const values: Record<string, string> = {
    s: String(Math.floor(wall / 1000)),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    N: `${String(wall % 1000).padStart(3, '0')}000000`,
    z: '+0000',
    Z: 'UTC',
  }
  return done(`${format.replace(/%([A-Za-z])/g, (mark, key) => values[key] ?? mark)}\n`)
}

/** Faults by which this guest's clock is off. */
const clockSkews = ({ state }: Lab, { vmid }: Vm) =>
  faultsOf(state, 'clock-skew').filter((fault) => fault.vmid === undefined || fault.vmid === vmid)

const timedatectl: Command = ({ args, os }) => {
  if (args[0] === 'set-timezone') {
    os.timezone = args[1] ?? os.timezone
    return done()
  }
  const properties = {
    Timezone: os.timezone,
    LocalRTC: 'no',
    CanNTP: 'yes',
    NTP: 'yes',
    NTPSynchronized: 'yes',
  }
  if (args[0] !== 'show')
    return done(
      `               Time zone: ${os.timezone}\nSystem clock synchronized: yes\n              NTP service: active\n`,
    )
  const wanted = propertyNames(args)
  const rows = Object.entries(properties).filter(
    ([key]) => wanted.length === 0 || wanted.includes(key),
  )
  return done(
    rows
      .map(([key, value]) => (args.includes('--value') ? `${value}\n` : `${key}=${value}\n`))
      .join(''),
  )
}

/** Names after -p, --property= and -pNAME, comma lists taken apart. */
export function propertyNames(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const joined = /^(?:--property=|-p=?)(.+)$/.exec(arg)?.[1]
    const value = joined ?? (arg === '-p' || arg === '--property' ? args[index + 1] : undefined)
    return value ? value.split(',') : []
  })
}

/** hosts from /etc/hosts and DNS; passwd from the system's users. */
const getent: Command = (context) => {
  const { args, os, lab, vm } = context
  const [database, key = ''] = args
  if (database === 'passwd') {
    const user = os.users.find((candidate) => candidate.name === key)
    if (key === 'root') return done('root:x:0:0:root:/root:/bin/bash\n')
    return user ? done(`${key}:x:${user.uid}:${user.uid}::/home/${key}:/bin/bash\n`) : done('', 2)
  }
  if (!/^a?hosts(v[46])?$/.test(database ?? '')) return done('', 2)
  const lines = (readText(lab, vm, '/etc/hosts') ?? '').split('\n').map((line) => line.split(/\s+/))
  const listed = lines.find((words) => words.slice(1).includes(key) || words[0] === key)
  if (listed) return done(`${listed[0]?.padEnd(16)}${listed.slice(1).join(' ')}\n`)
  const resolves = os.network.some((nic) => nic.dns.length > 0) && /\.[a-z]{2,}$/i.test(key)
  return resolves ? done(`${'203.0.113.10'.padEnd(16)}${key}\n`) : done('', 2)
}

/** `-n KEY`, `-w KEY=VALUE`, `-p FILE`, `--system`: values live as long as the boot, files for good. */
const sysctl: Command = (context) => {
  const { args, os, user, lab, vm } = context
  const { flags, operands } = readOptions(args, '')
  const assign = (text: string) => {
    const [key = '', value = ''] = text.split('=').map((part) => part.trim())
    os.sysctl[key] = value
    return `${key} = ${value}\n`
  }
  const writes =
    flags.has('w') ||
    flags.has('p') ||
    flags.has('system') ||
    operands.some((word) => word.includes('='))
  if (writes && user !== 'root') return failed('sysctl: permission denied on key')
  if (flags.has('p') || flags.has('system')) {
    const files = flags.has('p')
      ? operands.length > 0
        ? operands
        : ['/etc/sysctl.conf']
      : listNames(lab, vm, '/etc/sysctl.d').map((name) => `/etc/sysctl.d/${name}`)
    let out = ''
    for (const file of files) {
      const read = readFor(context, file)
      if ('error' in read) return failed(`sysctl: cannot open "${file}": No such file or directory`)
      for (const line of read.text.split('\n'))
        if (/^[^#;].*=/.test(line.trim())) {
          const missing = /bridge-nf-call/.test(line) && !os.modules.includes('br_netfilter')
          if (missing)
            return failed(
              `sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory`,
              255,
            )
          out += assign(line)
        }
    }
    return done(out)
  }
  let out = ''
  for (const word of operands) {
    if (word.includes('=')) out += assign(word)
    else if (word in os.sysctl)
      out += flags.has('n') ? `${os.sysctl[word]}\n` : `${word} = ${os.sysctl[word]}\n`
    else
      return failed(
        `sysctl: cannot stat /proc/sys/${word.replaceAll('.', '/')}: No such file or directory`,
        255,
      )
  }
  return done(out)
}

const modprobe: Command = ({ args, os, user }) => {
  if (user !== 'root')
    return failed('modprobe: ERROR: could not insert module: Operation not permitted')
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    if (os.modules.includes(name)) continue
    os.modules.push(name)
    if (name === 'br_netfilter') {
      os.sysctl['net.bridge.bridge-nf-call-iptables'] ??= '1'
      os.sysctl['net.bridge.bridge-nf-call-ip6tables'] ??= '1'
    }
  }
  return done()
}

const lsmod: Command = ({ os }) =>
  done(
    `Module                  Size  Used by\n${os.modules.map((name) => `${name.padEnd(22)} 32768  0\n`).join('')}`,
  )

const swapoff: Command = ({ os, user }) =>
  rootOnly(
    user,
    () => {
      os.swap = false
      return done()
    },
    'swapoff: Not superuser.',
  )

const swapon: Command = ({ args, os }) => {
  if (args.some((arg) => /^(--show|--noheadings|-s|--summary)/.test(arg)))
    return done(os.swap ? '/swap.img file 2G 0B -2\n' : '')
  os.swap = true
  return done()
}

const free: Command = ({ vm }) => {
  const total = memoryMib(vm.active ?? vm.config) * 1024
  return done(
    `               total        used        free      shared  buff/cache   available\nMem:        ${total} ${Math.round(total * 0.25)} ${Math.round(total * 0.5)} 1024 ${Math.round(total * 0.2)} ${Math.round(total * 0.7)}\nSwap:              0           0           0\n`,
  )
}

const which: Command = (context) => {
  const known = context.args.filter((name) => !name.startsWith('-') && KNOWN(context, name))
  return done(known.map((name) => `/usr/bin/${name}\n`).join(''), known.length > 0 ? 0 : 1)
}

/** Whether a program is there: a file in a path folder, or one that comes with a package. */
const KNOWN = (context: Parameters<Command>[0], name: string): boolean =>
  ['/usr/local/bin', '/usr/bin'].some(
    (folder) => readText(context.lab, context.vm, `${folder}/${name}`) !== null,
  ) ||
  name in context.os.packages ||
  ['sh', 'bash', 'cat', 'curl', 'systemctl', 'apt-get', 'ip', 'nc'].includes(name)

const sleepFor: Command = ({ args }) => ({
  steps: [
    {
      do: 'write',
      afterMs: Math.round(Number.parseFloat(args[0] ?? '0') * 1000),
      stream: 'out',
      text: '',
    },
  ],
  code: 0,
})

/** A script file, or a line from standard input, in the shell that runs it. */
const shell: Command = (context) => {
  const file = context.args.find((arg) => !arg.startsWith('-'))
  if (!file)
    return context.stdin
      ? failed(`${context.name}: reading commands from standard input is not simulated`, 2)
      : done()
  const text = readText(context.lab, context.vm, pathOf(context, file))
  return text === null
    ? failed(`${context.name}: ${file}: No such file or directory`, 127)
    : failed(`${context.name}: ${file}: running script files is not simulated`, 126)
}

/** Commands on the machine itself. */
export const systemCommands: CommandFamily = {
  commands: {
    hostname,
    hostnamectl,
    id,
    whoami: ({ user }) => done(`${user}\n`),
    uname,
    arch: () => done('x86_64\n'),
    nproc: ({ vm }) => done(`${cpuCount(vm.active ?? vm.config)}\n`),
    uptime,
    date,
    timedatectl,
    getent,
    sysctl,
    modprobe,
    lsmod,
    swapoff,
    swapon,
    free,
    which,
    sync: () => done(),
    sleep: sleepFor,
    reboot: power('reboot'),
    poweroff: power('off'),
    halt: power('off'),
    shutdown,
    sh: shell,
    bash: shell,
  },
  effects: {
    'system.down'(lab, vm, _process, args) {
      beginShutdown(lab, vm, args.to === 'reboot' ? 'reboot' : 'off')
      return undefined
    },
  },
}
