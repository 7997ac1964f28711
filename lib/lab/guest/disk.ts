/** A file, folder or link in a guest. Binary content is base64. */
export type FileNode =
  | { kind: 'file'; text: string; mode: number; owner: string; mtime: number }
  | { kind: 'binary'; base64: string; mode: number; owner: string; mtime: number }
  | { kind: 'dir'; mode: number; owner: string; mtime: number }
  | { kind: 'link'; target: string; owner: string; mtime: number }

/** A file system signature. Stays with the disk whatever VM it is attached to. */
export type FileSystem = { type: string; uuid: string; label: string }

/** What is on a disk image. `os` is null for a data disk. */
export type Disk = {
  os: InstalledOs | null
  fs: FileSystem | null
  /** Absolute paths, without trailing slash. For a data disk relative to its own root. */
  files: Record<string, FileNode>
}

/** A bootable system on a disk: what was baked, and what first boots left behind. */
export type InstalledOs = {
  /** `ubuntu` or `debian`. */
  distro: string
  release: string
  codename: string
  kernel: string
  /** Size of the image it came from: a larger disk was resized since. */
  imageBytes: number
  packages: Record<string, string>
  heldPackages: string[]
  /** Of the last cloud-init run that was a first boot; null on a fresh or cleaned image. */
  instanceId: string | null
  hostname: string
  users: OsUser[]
  /** As the last cloud-init network run rendered it. */
  network: OsNic[]
  /** Units enabled at boot. */
  enabled: string[]
  cloudInit: {
    status: 'not run' | 'running' | 'done' | 'error'
    errors: string[]
    recoverable: string[]
  }
  swap: boolean
  modules: string[]
  sysctl: Record<string, string>
  timezone: string
}

export type OsUser = { name: string; uid: number; sudo: boolean; keys: string[] }

export type OsNic = {
  mac: string
  name: string
  /** With prefix, `10.2.0.11/24`. */
  addresses: string[]
  gateway: string | null
  dns: string[]
  search: string[]
  mtu: number
  routes: { to: string; via: string }[]
  dhcp: boolean
}
