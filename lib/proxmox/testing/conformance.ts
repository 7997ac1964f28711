import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProxmoxError } from '../errors'
import type { Proxmox, Upid } from '../proxmox'

/** One Proxmox to hold to the contract, and where on it a test may make and delete VMs. */
export type ConformanceTarget = {
  proxmox: Proxmox
  node: string
  /** Storage for disks. */
  images: string
  /** Storage for ISO files. */
  isos: string
  /** Two VMIDs that are free; everything made at them is deleted again. */
  vmids: readonly [number, number]
  close(): Promise<void>
}

/**
 * What every Proxmox must do for this driver, run against the lab always and against a real host
 * when its address is given. Makes two small VMs without an operating system and deletes them.
 */
export function conformance(open: () => Promise<ConformanceTarget>): void {
  let target: ConformanceTarget
  let proxmox: Proxmox
  const wait = (upid: Upid | null) =>
    upid === null
      ? Promise.resolve()
      : proxmox.waitForTask(upid, { signal: AbortSignal.timeout(110_000) })
  const codeOf = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof ProxmoxError)) throw error ?? new Error('it did not throw')
    return error.code
  }
  const marker = 'drawbridge:conformance/t/vms/one'

  beforeAll(async () => {
    target = await open()
    proxmox = target.proxmox
    const taken = (await proxmox.listGuests(target.node)).map(({ vmid }) => vmid)
    for (const vmid of target.vmids) expect(taken).not.toContain(vmid)
  })
  afterAll(async () => {
    for (const vmid of target.vmids) {
      const config = await proxmox.findConfig(target.node, vmid)
      if (!config?.values.description?.includes('drawbridge:conformance/')) continue
      if ((await proxmox.findVm(target.node, vmid))?.running)
        await wait(await proxmox.stopVm(target.node, vmid))
      await wait(await proxmox.deleteVm(target.node, vmid))
    }
    await target.close()
  })

  test('it names its version, nodes, storages, bridges and what the token may do', async () => {
    const { node, images, isos } = target
    expect((await proxmox.version()).major).toBeGreaterThanOrEqual(8)
    expect(await proxmox.nodes()).toContainEqual({ node, online: true })
    const status = await proxmox.nodeStatus(node)
    expect(status.version).toMatch(/^\d+\.\d+/)
    expect(status.memoryMib).toBeGreaterThan(status.memoryUsedMib)
    const names = (await proxmox.storages(node)).map(({ storage }) => storage)
    expect(names).toEqual(expect.arrayContaining([images, isos]))
    expect((await proxmox.bridges(node)).length).toBeGreaterThan(0)
    expect(Object.keys(await proxmox.permissions()).length).toBeGreaterThan(0)
  })

  test('a VM is created with its description at once, and its VMID is then taken', async () => {
    const { node, images, vmids } = target
    const create = () =>
      proxmox.createVm(node, vmids[0], {
        name: 'conformance-one',
        description: marker,
        memory: 64,
        scsihw: 'virtio-scsi-single',
        scsi0: `${images}:1,serial=db-conf,discard=on`,
      })
    await wait(await create())
    const { values } = await proxmox.getConfig(node, vmids[0])
    expect(values.description?.trim()).toBe(marker)
    expect(values.scsi0).toMatch(new RegExp(`^${images}:.*serial=db-conf`))
    expect(await codeOf(create().then(wait))).toMatch(/exists|task-failed/)
  })

  test('a change needs the digest of what was read', async () => {
    const { node, vmids } = target
    const { digest } = await proxmox.getConfig(node, vmids[0])
    await proxmox.setConfig(node, vmids[0], { set: { cores: 2, onboot: true }, digest })
    expect((await proxmox.getConfig(node, vmids[0])).values).toMatchObject({
      cores: '2',
      onboot: '1',
    })
    expect(await codeOf(proxmox.setConfig(node, vmids[0], { set: { cores: 3 }, digest }))).toBe(
      'proxmox.changed-meanwhile',
    )
    expect(await codeOf(proxmox.setConfig(node, vmids[0], { set: { nonsense: 1 } }))).toBe(
      'proxmox.invalid',
    )
  })

  test('a disk grows, and never shrinks', async () => {
    const { node, vmids } = target
    await wait(await proxmox.resizeDisk(node, vmids[0], 'scsi0', 2))
    expect((await proxmox.getConfig(node, vmids[0])).values.scsi0).toContain('size=2G')
    expect(await codeOf(proxmox.resizeDisk(node, vmids[0], 'scsi0', 1).then(wait))).toBe(
      'proxmox.task-failed',
    )
  })

  test('start, stop, and what each finds wrong is only in the task', async () => {
    const { node, vmids } = target
    await wait(await proxmox.startVm(node, vmids[0]))
    expect(await proxmox.findVm(node, vmids[0])).toMatchObject({ running: true, template: false })
    expect(await codeOf(proxmox.startVm(node, vmids[0]).then(wait))).toBe('proxmox.task-failed')
    expect(await proxmox.agentPing(node, vmids[0])).toBe(false)
    await proxmox.setConfig(node, vmids[0], { set: { memory: 96 } })
    expect(await proxmox.pending(node, vmids[0])).toContainEqual({
      key: 'memory',
      value: '64',
      pending: '96',
      remove: false,
    })
    await wait(await proxmox.stopVm(node, vmids[0]))
    expect((await proxmox.findVm(node, vmids[0]))?.running).toBe(false)
  })

  test('a full clone of a template carries its own description from the start', async () => {
    const { node, images, vmids } = target
    await wait(await proxmox.makeTemplate(node, vmids[0]))
    const upid = await proxmox.cloneVm(node, {
      templateVmid: vmids[0],
      vmid: vmids[1],
      name: 'conformance-two',
      description: `${marker}-two`,
      storage: images,
    })
    const lines: string[] = []
    await proxmox.waitForTask(upid, {
      signal: AbortSignal.timeout(110_000),
      log: (line) => lines.push(line),
    })
    expect(lines.at(-1)).toBe('TASK OK')
    expect(await proxmox.taskLog(upid, 0)).toEqual(lines)
    const { values } = await proxmox.getConfig(node, vmids[1])
    expect(values.description?.trim()).toBe(`${marker}-two`)
    expect(values.lock).toBeUndefined()
    expect(await proxmox.listTasks(node)).toContainEqual(
      expect.objectContaining({ upid, running: false }),
    )
  })

  test('a disk handed to another VM keeps its serial', async () => {
    const { node, images, vmids } = target
    await proxmox.setConfig(node, vmids[1], { set: { scsi1: `${images}:1,serial=db-move` } })
    const third = { vmid: vmids[1], disk: 'scsi7' }
    // Within one VM is refused; the handlers move between two. Here the way back suffices.
    expect(await codeOf(proxmox.reassignDisk(node, vmids[1], 'scsi1', third).then(wait))).toMatch(
      /^proxmox\./,
    )
    await proxmox.setConfig(node, vmids[1], { remove: ['scsi1'], force: true })
    const { values } = await proxmox.getConfig(node, vmids[1])
    expect(Object.values(values).join()).not.toContain('db-move')
  })

  test('a file is uploaded, listed, and deleted; deleting it again is no error', async () => {
    const { node, isos } = target
    const name = 'drawbridge-conformance.iso'
    const volid = `${isos}:iso/${name}`
    await wait(
      await proxmox.upload(node, isos, { kind: 'iso', name, content: Buffer.alloc(40_960, 7) }),
    )
    expect(await proxmox.content(node, isos, 'iso')).toContainEqual(
      expect.objectContaining({ volid, sizeBytes: 40_960 }),
    )
    await wait(await proxmox.deleteVolume(node, volid))
    expect((await proxmox.content(node, isos, 'iso')).map((volume) => volume.volid)).not.toContain(
      volid,
    )
    await wait(await proxmox.deleteVolume(node, volid))
  })

  test('what is not there is null, and nothing worse', async () => {
    const { node, vmids } = target
    const nowhere = Math.max(...vmids) + 17
    expect(await proxmox.findVm(node, nowhere)).toBeNull()
    expect(await proxmox.findConfig(node, nowhere)).toBeNull()
    expect(await codeOf(proxmox.getConfig(node, nowhere))).toBe('proxmox.not-found')
    expect(await codeOf(proxmox.startVm(node, nowhere).then(wait))).toBe('proxmox.task-failed')
    expect(await codeOf(proxmox.nodeStatus('no-such-node'))).toBe('proxmox.not-found')
  })

  test('a deleted VM is gone', async () => {
    const { node, vmids } = target
    await wait(await proxmox.deleteVm(node, vmids[1]))
    expect(await proxmox.findVm(node, vmids[1])).toBeNull()
  })
}
