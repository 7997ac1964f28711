import { randomUuid } from '../../random'
import { formatSize } from '../../vm/drive'
import { type BlockDevice, blockDevices, findDevice } from '../block-devices'
import type { Command, CommandContext, CommandFamily } from '../command'
import { findNode } from '../filesystem'
import { mountAll, mountDevice, readFstab } from '../mounts'
import { done, failed } from '../shell/script'
import { readOptions } from './text'

const devices = ({ lab, vm }: CommandContext): BlockDevice[] => blockDevices(lab, vm)
const mountOf = ({ guest }: CommandContext, device: BlockDevice) =>
  guest.mounts.find((mount) => mount.volume === device.volume)

/** Value of `--name VALUE`, `--name=VALUE` or `-n VALUE`. */
function optionValue(args: readonly string[], long: string, short: string): string | undefined {
  const joined = args.find((arg) => arg.startsWith(`--${long}=`))
  if (joined) return joined.slice(long.length + 3)
  const at = args.findIndex((arg) => arg === `--${long}` || new RegExp(`^-\\w*${short}$`).test(arg))
  return at >= 0 ? args[at + 1] : undefined
}

const hasFlag = (args: readonly string[], long: string, short: string): boolean =>
  args.some((arg) => arg === `--${long}` || new RegExp(`^-\\w*${short}`).test(arg))

type Row = Record<string, string | number | null | Row[] | string[]>

function deviceRow(context: CommandContext, device: BlockDevice): Row {
  const mount = mountOf(context, device)
  const fs = device.system ? null : device.disk.fs
  return {
    name: device.name,
    path: device.path,
    kname: device.name,
    type: 'disk',
    size: formatSize(device.bytes),
    serial: device.serial,
    fstype: fs?.type ?? null,
    uuid: fs?.uuid ?? null,
    label: fs?.label || null,
    mountpoint: mount?.path ?? null,
    mountpoints: [mount?.path ?? ''],
    model: 'QEMU HARDDISK',
  }
}

/** The system disk's root partition. */
const rootRow = (device: BlockDevice): Row => ({
  name: `${device.name}1`,
  path: `${device.path}1`,
  kname: `${device.name}1`,
  type: 'part',
  size: formatSize(device.bytes),
  serial: null,
  fstype: 'ext4',
  uuid: null,
  label: 'cloudimg-rootfs',
  mountpoint: '/',
  mountpoints: ['/'],
  model: null,
})

const lsblk: Command = (context) => {
  const { args } = context
  const wanted = (optionValue(args, 'output', 'o') ?? 'NAME,TYPE,SIZE,MOUNTPOINTS')
    .toLowerCase()
    .split(',')
  const nodeps = hasFlag(args, 'nodeps', 'd')
  const bytes = hasFlag(args, 'bytes', 'b')
  const pick = (row: Row, device: BlockDevice): Row =>
    Object.fromEntries(
      wanted.map((key) => [key, key === 'size' && bytes ? device.bytes : (row[key] ?? null)]),
    )
  const named = args.filter((arg) => arg.startsWith('/dev/'))
  const shown = devices(context).filter(
    (device) => named.length === 0 || named.includes(device.path),
  )
  if (named.length > 0 && shown.length === 0)
    return failed(`lsblk: ${named[0]}: not a block device`, 32)
  if (hasFlag(args, 'json', 'J'))
    return done(
      `${JSON.stringify({
        blockdevices: shown.map((device) => ({
          ...pick(deviceRow(context, device), device),
          ...(device.system && !nodeps ? { children: [pick(rootRow(device), device)] } : {}),
        })),
      })}\n`,
    )
  const lines = shown.flatMap((device) => [
    Object.values(pick(deviceRow(context, device), device)).join(' '),
    ...(device.system && !nodeps ? [Object.values(pick(rootRow(device), device)).join(' ')] : []),
  ])
  const head = hasFlag(args, 'noheadings', 'n') ? [] : [wanted.join(' ').toUpperCase()]
  return done([...head, ...lines].map((line) => `${line}\n`).join(''))
}

const blkid: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 'so')
  const found = operands[0] ? [findDevice(context.lab, context.vm, operands[0])] : devices(context)
  const rows = found.flatMap((device) =>
    device?.disk.fs && !device.system ? [{ device, fs: device.disk.fs }] : [],
  )
  if (rows.length === 0) return done('', 2)
  const tag = flags.get('s')
  return done(
    rows
      .map(({ device, fs }) => {
        const tags: Record<string, string> = {
          UUID: fs.uuid,
          TYPE: fs.type,
          ...(fs.label ? { LABEL: fs.label } : {}),
        }
        if (flags.get('o') === 'value')
          return `${tag ? (tags[tag] ?? '') : Object.values(tags).join('\n')}\n`
        const shown = Object.entries(tags).filter(([key]) => !tag || key === tag)
        return `${device.path}: ${shown.map(([key, value]) => `${key}="${value}"`).join(' ')}\n`
      })
      .join(''),
  )
}

const wipefs: Command = (context) => {
  const path = context.args.find((arg) => arg.startsWith('/dev/')) ?? ''
  const device = findDevice(context.lab, context.vm, path)
  if (!device)
    return failed(
      `wipefs: error: ${path}: probing initialization failed: No such file or directory`,
    )
  if (hasFlag(context.args, 'all', 'a')) {
    if (mountOf(context, device))
      return failed(
        `wipefs: error: ${path}: probing initialization failed: Device or resource busy`,
      )
    device.disk.fs = null
    device.disk.files = {}
    return done()
  }
  const fs = device.system ? { type: 'gpt', uuid: '', label: '' } : device.disk.fs
  return done(
    fs
      ? `${hasFlag(context.args, 'noheadings', 'i') ? '' : 'DEVICE OFFSET TYPE UUID LABEL\n'}${device.name} 0x438 ${fs.type} ${fs.uuid} ${fs.label}\n`
      : '',
  )
}

const findmnt: Command = (context) => {
  const { args, guest } = context
  const columns = (optionValue(args, 'output', 'o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').split(',')
  const { operands } = readOptions(
    args.filter((_arg, index) => !/^(-\w*o|--output)$/.test(args[index - 1] ?? '')),
    '',
  )
  const wanted =
    optionValue(args, 'mountpoint', 'M') ?? optionValue(args, 'target', 'T') ?? operands[0]
  const rows = [
    {
      path: '/',
      source: '/dev/sda1',
      fs: 'ext4',
      options: 'rw,relatime',
      volume: guest.volume ?? '',
    },
    ...guest.mounts,
  ].filter((mount) => !wanted || mount.path === wanted || mount.source === wanted)
  if (rows.length === 0) return done('', 1)
  const cell = (mount: (typeof rows)[number], column: string): string => {
    const device = devices(context).find((candidate) => candidate.volume === mount.volume)
    const values: Record<string, string> = {
      TARGET: mount.path,
      SOURCE: mount.source,
      FSTYPE: mount.fs,
      OPTIONS: mount.options,
      UUID: device?.disk.fs?.uuid ?? '',
      SIZE: device ? formatSize(device.bytes) : '',
    }
    return values[column.toUpperCase()] ?? ''
  }
  const lines = rows.map((mount) => columns.map((column) => cell(mount, column)).join(' '))
  const head = hasFlag(args, 'noheadings', 'n') ? [] : [columns.join(' ')]
  return done([...head, ...lines].map((line) => `${line}\n`).join(''))
}

/** mkfs refuses nothing by itself: whoever calls it must have looked. It says what it overwrites. */
const mkfs: Command = (context) => {
  if (context.user !== 'root')
    return failed('mke2fs: Permission denied while trying to determine filesystem size')
  const { flags, operands } = readOptions(context.args, 'LmUEOT')
  const path = operands[0] ?? ''
  const device = findDevice(context.lab, context.vm, path)
  if (!device)
    return failed(`mke2fs: No such file or directory while trying to determine filesystem size`)
  if (device.system || mountOf(context, device))
    return failed(`${path} is mounted; will not make a filesystem here!`)
  device.disk.fs = {
    type: context.name === 'mkfs.xfs' ? 'xfs' : 'ext4',
    uuid: flags.get('U') ?? randomUuid(context.lab.state),
    label: flags.get('L') ?? '',
  }
  device.disk.files = {}
  const ms = 1500 + Math.round((device.bytes / 2 ** 30) * 3)
  return {
    steps: [
      {
        do: 'write',
        afterMs: ms,
        stream: 'out',
        text: flags.has('q') ? '' : `Creating filesystem on ${path}\n`,
      },
    ],
    code: 0,
  }
}

const mount: Command = (context) => {
  const { lab, vm, guest, user } = context
  const { flags, operands } = readOptions(context.args, 'to')
  if (operands.length === 0 && !flags.has('a'))
    return done(
      guest.mounts
        .map((row) => `${row.source} on ${row.path} type ${row.fs} (${row.options})\n`)
        .join(''),
    )
  if (user !== 'root') return failed('mount: only root can do that', 1)
  if (flags.has('a')) {
    const faults = mountAll(lab, vm)
    return faults.length > 0 ? failed(faults.join('\n'), 32) : done()
  }
  const [first = '', second] = operands
  const entry = second
    ? {
        source: first,
        path: second,
        fs: flags.get('t') ?? 'auto',
        options: flags.get('o') ?? 'defaults',
      }
    : readFstab(lab, vm).find(({ path, source }) => path === first || source === first)
  if (!entry) return failed(`mount: ${first}: can't find in /etc/fstab.`, 1)
  if (findNode(lab, vm, entry.path)?.kind !== 'dir')
    return failed(`mount: ${entry.path}: mount point does not exist.`, 32)
  const fault = mountDevice(lab, vm, entry)
  return fault ? failed(fault, 32) : done()
}

const umount: Command = (context) => {
  if (context.user !== 'root') return failed('umount: must be superuser to unmount.', 1)
  const path = readOptions(context.args).operands[0] ?? ''
  const { guest } = context
  if (!guest.mounts.some((row) => row.path === path || row.source === path))
    return failed(`umount: ${path}: not mounted.`, 32)
  guest.mounts = guest.mounts.filter((row) => row.path !== path && row.source !== path)
  return done()
}

const df: Command = (context) => {
  const rows = [
    { source: '/dev/sda1', path: '/', volume: context.guest.volume },
    ...context.guest.mounts,
  ].map((row) => {
    const bytes = devices(context).find((device) => device.volume === row.volume)?.bytes ?? 0
    const used = Math.round(bytes * 0.1)
    return `${row.source} ${bytes / 1024} ${used / 1024} ${(bytes - used) / 1024} 10% ${row.path}\n`
  })
  return done(`Filesystem 1K-blocks Used Available Use% Mounted on\n${rows.join('')}`)
}

/** Commands on disks and what is mounted from them. */
export const diskCommands: CommandFamily = {
  commands: {
    lsblk,
    blkid,
    wipefs,
    findmnt,
    'mkfs.ext4': mkfs,
    'mkfs.xfs': mkfs,
    mount,
    umount,
    df,
    growpart: () => done('NOCHANGE: partition 1 could only be grown by 0\n'),
    resize2fs: () => done(),
  },
}
