import { DURATIONS } from '../../durations'
import { faultsOf } from '../../faults'
import type { Lab, Vm } from '../../state'
import type { Command, CommandContext, CommandFamily } from '../command'
import type { InstalledOs } from '../disk'
import { listNames, readText, rootDisk } from '../filesystem'
import { installPackages, PACKAGES, resolveVersion } from '../packages'
import { done, effect, failed, type Script, type ScriptStep, write } from '../shell/script'
import { answersPing } from './network'

/** Options of apt-get that take a value in the next word. */
const TAKES_VALUE = /^(-o|-t|-c|--target-release|--option)$/

function words(args: readonly string[]): { verb: string; names: string[] } {
  const plain = args.filter(
    (arg, index) => !arg.startsWith('-') && !TAKES_VALUE.test(args[index - 1] ?? ''),
  )
  return { verb: plain[0] ?? '', names: plain.slice(1) }
}

/** While cloud-init or another apt-get works, the locks are held (recorded texts: facts, apt locking). */
function lockedBy(context: CommandContext): string | null {
  const other = context.guest.processes.find(
    (process) =>
      process !== context.process &&
      process.script?.steps.some((step) => step.do === 'effect' && step.effect === 'apt.install'),
  )
  if (other) return `process ${other.id} (apt-get)`
  if (faultHoldsLock(context.lab, context.vm)) return 'process 1733 (unattended-upgr)'
  return context.guest.phase === 'config' &&
    context.os.cloudInit.status === 'running' &&
    context.process.sink.kind !== 'file'
    ? 'process 1612 (cloud-init)'
    : null
}

/** Whether an `apt-locked` fault of this guest still bites; it begins with the first who asks. */
function faultHoldsLock({ state, now }: Lab, { vmid }: Vm): boolean {
  return faultsOf(state, 'apt-locked').some((fault) => {
    if (fault.vmid !== undefined && fault.vmid !== vmid) return false
    fault.since ??= now.at
    return now.at - fault.since < fault.seconds * 1000
  })
}

/** Whether the package is in a repository that this system knows. */
function isAvailable(context: CommandContext, name: string): boolean {
  const { lab, vm } = context
  if (!/^(kubeadm|kubelet|kubectl|cri-tools|kubernetes-cni|containerd\.io|docker-ce)$/.test(name))
    return /^[a-z0-9][a-z0-9+.-]+$/.test(name) && !/^no-such/.test(name)
  return listNames(lab, vm, '/etc/apt/sources.list.d').some((file) =>
    (readText(lab, vm, `/etc/apt/sources.list.d/${file}`) ?? '').includes(
      name.startsWith('kube') || name === 'cri-tools' ? 'pkgs.k8s.io' : 'docker.com',
    ),
  )
}

const reachesMirror = (context: CommandContext): boolean => answersPing(context, '203.0.113.10')

const OFFLINE =
  'E: Failed to fetch http://archive.ubuntu.com/ubuntu/dists/jammy/InRelease  Could not connect to archive.ubuntu.com:80, connection timed out'

const aptGet: Command = (context) => {
  const { verb, names } = words(context.args)
  if (verb === 'clean' || verb === 'autoclean' || verb === 'autoremove') return done()
  if (context.user !== 'root')
    return failed(
      'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?',
      100,
    )
  const waits = /DPkg::Lock::Timeout=(-?\d+)/i.exec(context.args.join(' '))?.[1]
  const holder = lockedBy(context)
  if (verb === 'update') return update(context, holder)
  if (holder && !waits)
    return failed(
      `E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by ${holder}\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?`,
      100,
    )
  const waiting: ScriptStep[] = holder
    ? [
        write(
          `Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by ${holder}...`,
        ),
        {
          do: 'wait',
          condition: 'apt.free',
          args: {},
          everyMs: 1000,
          limitMs: Number(waits) * 1000,
        },
      ]
    : []
  if (verb === 'install') return install(context, names, waiting)
  if (verb === 'remove' || verb === 'purge') return remove(context, names)
  if (verb === 'upgrade' || verb === 'dist-upgrade' || verb === 'full-upgrade')
    return {
      steps: [
        ...waiting,
        write('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.', 6000),
      ],
      code: 0,
    }
  return failed(`E: Invalid operation ${verb}`, 100)
}

/** The lists lock knows no timeout option: a holder makes update fail at once. */
function update(context: CommandContext, holder: string | null): Script {
  if (holder)
    return failed(
      `E: Could not get lock /var/lib/apt/lists/lock. It is held by ${holder}\nE: Unable to lock directory /var/lib/apt/lists/`,
      100,
    )
  if (!reachesMirror(context)) return { steps: [write(OFFLINE, 30_000, 'err')], code: 100 }
  return {
    steps: [
      write('Hit:1 http://archive.ubuntu.com/ubuntu jammy InRelease', 1500),
      write('Get:2 http://archive.ubuntu.com/ubuntu jammy-updates InRelease [128 kB]', 1500),
      write('Fetched 8,412 kB in 3s (2,804 kB/s)', DURATIONS.aptUpdate - 3000),
      write('Reading package lists...'),
    ],
    code: 0,
  }
}

function install(context: CommandContext, names: string[], waiting: ScriptStep[]): Script {
  const unknown = names.find((name) => !isAvailable(context, name.split('=')[0] ?? ''))
  if (unknown)
    return {
      steps: [
        write('Reading package lists...'),
        write(`E: Unable to locate package ${unknown.split('=')[0]}`, 600, 'err'),
      ],
      code: 100,
    }
  const missing = names.filter((name) => isMissing(context.os, name))
  if (missing.length === 0)
    return {
      steps: [
        ...waiting,
        write('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.', 900),
      ],
      code: 0,
    }
  if (!reachesMirror(context))
    return { steps: [...waiting, write(OFFLINE, 30_000, 'err')], code: 100 }
  return {
    steps: [
      ...waiting,
      write('Reading package lists...\nBuilding dependency tree...', 700),
      write(
        `The following NEW packages will be installed:\n  ${missing.map((name) => name.split('=')[0]).join(' ')}`,
      ),
      ...missing.flatMap((name, index): ScriptStep[] => [
        write(`Get:${index + 1} ${originOf(name)} ${shownAs(context.os, name)}`, 1200),
        write(`Setting up ${shownAs(context.os, name)} ...`, DURATIONS.aptPackage - 1200),
      ]),
      effect('apt.install', { names: missing }),
    ],
    code: 0,
  }
}

/** `kubeadm (1.29.14-1.1)` */
function shownAs(os: InstalledOs, given: string): string {
  const [name = '', wanted] = given.split('=')
  const version = wanted ? resolveVersion(wanted) : PACKAGES[name]?.version?.[os.distro]
  return version ? `${name} (${version})` : name
}

const originOf = (name: string): string =>
  /^(kube(adm|let|ctl)|cri-tools)\b/.test(name)
    ? 'https://pkgs.k8s.io/core:/stable: deb'
    : 'http://archive.ubuntu.com/ubuntu jammy-updates/main amd64'

const isMissing = (os: InstalledOs, name: string): boolean => {
  const [bare = '', version] = name.split('=')
  return (
    !(bare in os.packages) ||
    (version !== undefined && os.packages[bare] !== resolveVersion(version))
  )
}

function remove(context: CommandContext, names: string[]): Script {
  for (const name of names) {
    delete context.os.packages[name]
    for (const unit of PACKAGES[name]?.units ?? []) delete context.guest.units[unit]
  }
  return { steps: [write('Reading package lists...', 1500)], code: 0 }
}

/** `Package<tab>Version`, dpkg-query's own default. */
const DEFAULT_FORMAT = ['$', '{Package}\\t$', '{Version}\\n'].join('')

function fieldOf(
  field: string,
  { name, version, held }: { name: string; version: string; held: boolean },
): string | null {
  switch (field) {
    case 'Package':
    case 'binary:Package':
      return name
    case 'Version':
      return version
    case 'Status':
      return `${held ? 'hold' : 'install'} ok installed`
    case 'db:Status-Status':
      return 'installed'
    case 'db:Status-Abbrev':
      return held ? 'hi ' : 'ii '
    default:
      return null
  }
}

/** `dpkg-query -W -f FORMAT NAMES` with Package, Version, Status and db:Status-Abbrev as fields. */
const dpkgQuery: Command = (context) => {
  const { args, os } = context
  const joined = args.find((arg) => /^(-f|--showformat)=/.test(arg))
  const at = args.findIndex((arg) => arg === '-f' || arg === '--showformat')
  const format = joined
    ? joined.slice(joined.indexOf('=') + 1)
    : at >= 0
      ? (args[at + 1] ?? '')
      : DEFAULT_FORMAT
  const names = args.filter((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1))
  let out = ''
  let err = ''
  for (const name of names.length > 0 ? names : Object.keys(os.packages)) {
    const version = os.packages[name]
    if (version === undefined) err += `dpkg-query: no packages found matching ${name}\n`
    else
      out += format
        .replace(
          /\$\{([\w:-]+)\}/g,
          (mark, field) =>
            fieldOf(field, { name, version, held: os.heldPackages.includes(name) }) ?? mark,
        )
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t')
  }
  return done(out, err ? 1 : 0, err)
}

const dpkg: Command = (context) => {
  const { args, os } = context
  if (args[0] === '--print-architecture') return done('amd64\n')
  if (args[0] !== '-s' && args[0] !== '--status')
    return failed(`dpkg: error: need an action option`, 2)
  const missing = args.slice(1).filter((name) => !(name in os.packages))
  const known = args.slice(1).filter((name) => name in os.packages)
  return done(
    known
      .map(
        (name) => `Package: ${name}\nStatus: install ok installed\nVersion: ${os.packages[name]}\n`,
      )
      .join('\n'),
    missing.length > 0 ? 1 : 0,
    missing
      .map(
        (name) =>
          `dpkg-query: package '${name}' is not installed and no information is available\n`,
      )
      .join(''),
  )
}

const aptMark: Command = ({ args, os, user }) => {
  const [verb, ...names] = args
  if (verb === 'showhold') return done(os.heldPackages.map((name) => `${name}\n`).join(''))
  if (user !== 'root') return failed('E: Permission denied', 100)
  const rest = os.heldPackages.filter((name) => !names.includes(name))
  os.heldPackages = verb === 'hold' ? [...rest, ...names].sort() : rest
  return done(
    names
      .map((name) => `${name} ${verb === 'hold' ? 'set on hold' : 'was already not on hold'}.\n`)
      .join(''),
  )
}

/** Debian's package tools. */
export const packageCommands: CommandFamily = {
  commands: { 'apt-get': aptGet, apt: aptGet, 'dpkg-query': dpkgQuery, dpkg, 'apt-mark': aptMark },
  effects: {
    'apt.install'(lab, vm, _process, args) {
      installPackages(lab, vm, (args.names as string[]) ?? [])
      return undefined
    },
  },
  conditions: {
    'apt.free'(lab, vm) {
      const running =
        vm.guest?.phase === 'config' && rootDisk(lab, vm).os?.cloudInit.status === 'running'
      return running || faultHoldsLock(lab, vm) ? null : { code: 0 }
    },
  },
}
