import type { Disk, InstalledOs } from './disk'

const MIB = 2 ** 20

type Image = {
  pattern: RegExp
  bytes: number
  writtenBytes: number
  os: Pick<InstalledOs, 'distro' | 'release' | 'codename' | 'kernel'>
}

/** Cloud images by their file name, with the sizes that `qemu-img info` tells of the real ones. */
const IMAGES: Image[] = [
  {
    pattern: /jammy|ubuntu-22\.04/i,
    bytes: 2252 * MIB,
    writtenBytes: 664 * MIB,
    os: { distro: 'ubuntu', release: '22.04', codename: 'jammy', kernel: '5.15.0-161-generic' },
  },
  {
    pattern: /noble|ubuntu-24\.04/i,
    bytes: 3584 * MIB,
    writtenBytes: 620 * MIB,
    os: { distro: 'ubuntu', release: '24.04', codename: 'noble', kernel: '6.8.0-88-generic' },
  },
  {
    pattern: /bookworm|debian-12/i,
    bytes: 2048 * MIB,
    writtenBytes: 430 * MIB,
    os: { distro: 'debian', release: '12', codename: 'bookworm', kernel: '6.1.0-41-cloud-amd64' },
  },
  {
    pattern: /trixie|debian-13/i,
    bytes: 3072 * MIB,
    writtenBytes: 450 * MIB,
    os: { distro: 'debian', release: '13', codename: 'trixie', kernel: '6.12.57-cloud-amd64' },
  },
]

/** Packages of a stock cloud image. There is no guest agent among them (traps T1). */
const STOCK: Record<string, string> = {
  'cloud-init': '25.2-0ubuntu1',
  'openssh-server': '1:9.6p1-3',
  systemd: '249.11',
  sudo: '1.9.9',
  apt: '2.4.14',
  'ca-certificates': '20240203',
  curl: '7.81.0',
  iproute2: '5.15.0',
  'netcat-openbsd': '1.218',
}

/** What a downloaded or uploaded image holds, judged by its name; null if it is no known system. */
export function imageDisk(
  filename: string,
): { bytes: number; writtenBytes: number; disk: Disk } | null {
  const image = IMAGES.find(({ pattern }) => pattern.test(filename))
  if (!image || !/\.(qcow2|img|raw)$/.test(filename)) return null
  return {
    bytes: image.bytes,
    writtenBytes: image.writtenBytes,
    disk: { os: stockOs(image), fs: null, files: {} },
  }
}

/** Bytes of a file that the lab pretends to download, by its name. */
export function downloadBytes(filename: string): number {
  const image = IMAGES.find(({ pattern }) => pattern.test(filename))
  return image ? image.writtenBytes : 400 * MIB
}

const stockOs = (image: Image): InstalledOs => ({
  ...image.os,
  imageBytes: image.bytes,
  packages: { ...STOCK },
  heldPackages: [],
  instanceId: null,
  hostname: image.os.distro,
  users: [],
  network: [],
  enabled: [
    'ssh',
    'cron',
    'systemd-timesyncd',
    'systemd-resolved',
    'unattended-upgrades',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
  ],
  cloudInit: { status: 'not run', errors: [], recoverable: [] },
  swap: false,
  modules: ['virtio_net', 'virtio_scsi', 'ext4'],
  sysctl: {
    'net.ipv4.ip_forward': '0',
    'fs.inotify.max_user_instances': '128',
    'kernel.hostname': image.os.distro,
  },
  timezone: 'Etc/UTC',
})
