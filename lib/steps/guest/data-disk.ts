import { z } from 'zod'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext } from '../handler'
import { GuestError } from './guest-error'

const Blocks = z.object({
  blockdevices: z.array(
    z.looseObject({
      path: z.string(),
      serial: z.string().nullable(),
    }),
  ),
})

type Block = z.infer<typeof Blocks>['blockdevices'][number]

const FSTAB = '/etc/fstab'

/** The guest's disk with this serial, null if it has none. */
export async function findDisk(session: GuestSession, serial: string): Promise<Block | null> {
  const said = await session.must(sh`lsblk --json --nodeps --output PATH,SERIAL`, {
    sudo: true,
  })
  const { blockdevices } = Blocks.parse(JSON.parse(said))
  return blockdevices.find((each) => each.serial === serial) ?? null
}

type Filesystem = { type: string; uuid: string }

/**
 * The filesystem that a disk carries, null if it carries none. Read from the disk itself: what lsblk
 * says comes from udev, which lags behind a disk that was just attached or formatted. `blkid -p`
 * exits 2 when it finds nothing, 8 when it finds several things.
 */
async function filesystemOn(session: GuestSession, path: string): Promise<Filesystem | null> {
  const probe = (tag: string) =>
    session.run(sh`blkid -p -s ${tag} -o value ${path}`, { sudo: true })
  const [type, uuid] = [await probe('TYPE'), await probe('UUID')]
  return type.code === 0 && type.out.trim() !== ''
    ? { type: type.out.trim(), uuid: uuid.out.trim() }
    : null
}

/** Whether the filesystem of this UUID is mounted there now. */
export async function isMounted(
  session: GuestSession,
  uuid: string,
  mount: string,
): Promise<boolean> {
  const { code, out } = await session.run(
    sh`findmnt --noheadings --output UUID --mountpoint ${mount}`,
  )
  return code === 0 && out.trim() === uuid
}

/** Whether the data disk is formatted, mounted, and will be after a boot. */
export async function dataDiskReady(
  session: GuestSession,
  serial: string,
  mount: string,
): Promise<boolean> {
  const disk = await findDisk(session, serial)
  const filesystem = disk && (await filesystemOn(session, disk.path))
  if (!filesystem?.uuid) return false
  const { uuid } = filesystem
  const fstab = (await session.readFile(FSTAB)) ?? ''
  return fstab.includes(fstabLine(uuid, mount)) && (await isMounted(session, uuid, mount))
}

/**
 * Mounts a data disk by its filesystem's UUID. Makes a filesystem only on a disk that carries no
 * signature of any kind; whatever else is on it is somebody's data and stops the step.
 */
export async function mountDataDisk(
  session: GuestSession,
  ctx: StepContext,
  target: { machine: string; serial: string; mount: string },
): Promise<void> {
  const { machine, serial, mount } = target
  const disk = await findDisk(session, serial)
  if (!disk) {
    throw new GuestError(
      'guest.disk-missing',
      `${machine} does not see the disk with serial ${serial}. It is attached in Proxmox but not inside; restart the VM, or look at its SCSI controller.`,
    )
  }
  let filesystem = await filesystemOn(session, disk.path)
  if (filesystem === null) {
    const signatures = await session.must(sh`wipefs --noheadings --no-act ${disk.path}`, {
      sudo: true,
    })
    if (signatures.trim() !== '') {
      throw new GuestError(
        'guest.disk-foreign',
        `${disk.path} of ${machine} carries something that is not a filesystem (${signatures.trim().split('\n')[0]}). Nothing was formatted. Clear it by hand if it is not needed.`,
      )
    }
    ctx.log(`${disk.path} of ${machine} is empty: making an ext4 filesystem on it.`)
    await session.must(sh`mkfs.ext4 -q -m 1 ${disk.path}`, {
      sudo: true,
      timeoutMs: 600_000,
      signal: ctx.signal,
    })
    filesystem = await filesystemOn(session, disk.path)
  }
  if (!filesystem?.uuid || filesystem.type !== 'ext4') {
    throw new GuestError(
      'guest.disk-foreign',
      `The disk ${serial} of ${machine} holds ${filesystem?.type ?? 'nothing readable'}, not ext4. Nothing was changed on it. Use another disk, or copy its data away and clear it.`,
    )
  }
  await session.must(sh`mkdir -p ${mount}`, { sudo: true })
  const fstab = (await session.readFile(FSTAB)) ?? ''
  const wanted = withMount(fstab, filesystem.uuid, mount)
  if (wanted !== fstab) await session.writeFile(FSTAB, wanted, { mode: '0644' })
  await session.run(sh`systemctl daemon-reload`, { sudo: true })
  if (!(await isMounted(session, filesystem.uuid, mount)))
    await session.must(sh`mount ${mount}`, { sudo: true })
}

/** `nofail`: a missing data disk must not keep the machine from booting. */
const fstabLine = (uuid: string, mount: string) => `UUID=${uuid} ${mount} ext4 defaults,nofail 0 2`

/** The fstab with this mount, in place of any other line for the same mount point. */
export function withMount(fstab: string, uuid: string, mount: string): string {
  const line = fstabLine(uuid, mount)
  const others = fstab
    .split('\n')
    .filter((each) => each.startsWith('#') || each.trim().split(/\s+/)[1] !== mount)
  const text = others.join('\n').replace(/\n+$/, '')
  return `${text === '' ? '' : `${text}\n`}${line}\n`
}
