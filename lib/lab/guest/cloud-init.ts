import { wallSeconds } from '../clock'
import { randomHex } from '../random'
import type { Lab, Vm } from '../state'
import type { Seed } from './cloud-config'
import { makeFolders, parentPath, readText, removeTree, rootDisk, writeText } from './filesystem'
import type { Guest } from './guest'

/**
 * cloud-init's local and network stages. A new instance id makes a first boot: host name, users,
 * keys, host keys, files and network are taken from the seed. Returns whether it was one.
 */
export function beginFirstStage(lab: Lab, vm: Vm, guest: Guest, seed: Seed | null): boolean {
  const os = rootDisk(lab, vm).os
  if (!os) return false
  const mtime = wallSeconds(lab.now)
  if (!readText(lab, vm, '/etc/machine-id')?.trim())
    writeText(lab, vm, '/etc/machine-id', `${randomHex(lab.state, 32)}\n`, {
      mode: 0o444,
      owner: 'root',
      mtime,
    })
  const firstBoot = seed !== null && seed.instanceId !== os.instanceId
  if (!seed || !firstBoot) {
    guest.cloudInit = NOTHING()
    if (os.cloudInit.status === 'running') os.cloudInit.status = 'done'
    return false
  }
  os.instanceId = seed.instanceId
  os.cloudInit = { status: 'running', errors: [...seed.errors], recoverable: [] }
  os.hostname = seed.hostname ?? os.hostname
  os.users = seed.users
  os.network = seed.nics
  os.timezone = seed.timezone ?? os.timezone
  writeIdentity(lab, vm, seed, os.hostname)
  writeSeedFiles(lab, vm, seed)
  guest.cloudInit = {
    firstBoot: true,
    packages: seed.packages,
    runcmd: seed.runcmd,
    power: seed.power,
    powerCondition: seed.powerCondition,
    process: null,
  }
  return true
}

const NOTHING = (): NonNullable<Guest['cloudInit']> => ({
  firstBoot: false,
  packages: [],
  runcmd: [],
  power: null,
  powerCondition: null,
  process: null,
})

function writeIdentity(lab: Lab, vm: Vm, seed: Seed, hostname: string): void {
  const mtime = wallSeconds(lab.now)
  const put = (path: string, text: string, mode = 0o644) =>
    writeText(lab, vm, path, text, { mode, owner: 'root', mtime })
  put('/etc/hostname', `${hostname}\n`)
  if (seed.manageHosts || readText(lab, vm, '/etc/hosts') === null)
    put(
      '/etc/hosts',
      `127.0.0.1 localhost\n127.0.1.1 ${seed.fqdn ? `${seed.fqdn} ` : ''}${hostname}\n`,
    )
  if (seed.deleteHostKeys)
    for (const kind of ['rsa', 'ecdsa', 'ed25519'])
      for (const tail of ['', '.pub']) removeTree(lab, vm, `/etc/ssh/ssh_host_${kind}_key${tail}`)
  for (const key of seed.hostKeys)
    put(
      `/etc/ssh/${key.name}`,
      key.text.endsWith('\n') ? key.text : `${key.text}\n`,
      key.name.endsWith('.pub') ? 0o644 : 0o600,
    )
  for (const user of seed.users) {
    const home = `/home/${user.name}`
    makeFolders(lab, vm, `${home}/.ssh`, { mode: 0o700, owner: user.name, mtime })
    makeFolders(lab, vm, home, { mode: 0o755, owner: user.name, mtime })
    writeText(
      lab,
      vm,
      `${home}/.ssh/authorized_keys`,
      user.keys.map((key) => `${key}\n`).join(''),
      {
        mode: 0o600,
        owner: user.name,
        mtime,
      },
    )
  }
  put('/var/lib/cloud/data/instance-id', `${seed.instanceId}\n`)
}

function writeSeedFiles(lab: Lab, vm: Vm, seed: Seed): void {
  const mtime = wallSeconds(lab.now)
  for (const file of seed.files) {
    makeFolders(lab, vm, parentPath(file.path), { mode: 0o755, owner: 'root', mtime })
    const text = file.base64 ? atob(file.content) : file.content
    writeText(lab, vm, file.path, text, {
      mode: file.mode,
      owner: file.owner,
      append: file.append,
      mtime,
    })
  }
}

/** The end of cloud-init's final stage: status, and what power_state asks for. */
export function finishCloudInit(lab: Lab, vm: Vm, guest: Guest): 'poweroff' | 'reboot' | null {
  const os = rootDisk(lab, vm).os
  const run = guest.cloudInit
  if (!os || !run) return null
  if (run.firstBoot) os.cloudInit.status = os.cloudInit.errors.length > 0 ? 'error' : 'done'
  const power = run.power
  guest.cloudInit = NOTHING()
  return power
}
