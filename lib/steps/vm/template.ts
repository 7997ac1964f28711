import { seedVolume } from '@/lib/plan/seed-volume'
import type { StepArgs, VmRef } from '@/lib/plan/step'
import { ProxmoxError } from '@/lib/proxmox/errors'
import { FIXED } from '@/lib/proxmox/vm-spec'
import type { StepHandler } from '../handler'
import { deleteSeed, isAttached, uploadBuilderSeed } from '../seed/seed-steps'
import { waitUntil } from '../wait'
import { findOurs, getOurs } from './our-vm'
import { runTask } from './run-task'
import { makeAtVmid } from './vm-clone'
import { SEED_SLOT } from './vm-configure'

const BAKE_LIMIT_MS = 30 * 60_000
const BAKED = 'baked'

/** The image is on the storage. Proxmox fetches it and compares its checksum itself. */
export const imageDownload: StepHandler<StepArgs['image.download']> = {
  async check({ at, storage, file }, ctx) {
    const proxmox = await ctx.proxmox(at.connection)
    const volumes = await proxmox.content(at.node, storage, 'import')
    return volumes.some(({ volid }) => volid === `${storage}:import/${file}`)
  },
  async apply({ at, storage, file, url, sha256 }, ctx) {
    const proxmox = await ctx.proxmox(at.connection)
    await runTask(ctx, proxmox, () =>
      proxmox.downloadUrl(at.node, storage, { kind: 'import', name: file, url, sha256 }),
    )
  },
}

/** The builder VM is there, with the image as its disk and its own seed in the drive. */
export const templateCreate: StepHandler<StepArgs['template.create']> = {
  async check({ ref }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    return config !== null && config.values.lock === undefined && 'scsi0' in config.values
  },
  async apply(args, ctx) {
    const { ref, seedStorage, topologyId, seed } = args
    const proxmox = await ctx.proxmox(ref.at.connection)
    await uploadBuilderSeed(ref, seedStorage, { topologyId, seed }, ctx)
    await makeAtVmid(ctx, proxmox, ref, () =>
      proxmox.createVm(ref.at.node, ref.vmid, builderConfig(args)),
    )
  },
}

function builderConfig({
  ref,
  storage,
  image,
  seedStorage,
  seed,
  bridge,
  tag,
}: StepArgs['template.create']) {
  const [nic] = seed.nics
  return {
    ...FIXED,
    name: ref.name,
    description: ref.marker,
    cores: 2,
    memory: 2048,
    balloon: 0,
    cpu: 'x86-64-v2-AES',
    agent: '1',
    scsi0: `${storage}:0,import-from=${image},discard=on,iothread=1,ssd=1`,
    boot: 'order=scsi0',
    [SEED_SLOT]: `${seedVolume(seedStorage, ref)},media=cdrom`,
    net0: `virtio${nic ? `=${nic.mac}` : ''},bridge=${bridge}${tag === null ? '' : `,tag=${tag}`}`,
  }
}

/** The builder ran, installed its packages and switched itself off. */
export const templateBake: StepHandler<StepArgs['template.bake']> = {
  async check({ ref }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    return config !== null && isBaked(config.values)
  },
  async apply({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    const off = async () => (await proxmox.findVm(ref.at.node, ref.vmid))?.running !== true
    if (ctx.notes.get('started') === undefined) {
      if (await off()) await runTask(ctx, proxmox, () => proxmox.startVm(ref.at.node, ref.vmid))
      await ctx.notes.set('started', 'yes')
    }
    ctx.log('Waiting until it has installed its packages and switched itself off.')
    await waitUntil(off, {
      signal: ctx.signal,
      now: ctx.now,
      everyMs: 2000,
      timeoutMs: BAKE_LIMIT_MS,
      onTimeout: () => notBaked(ref),
    })
    const { digest } = await getOurs(proxmox, ref)
    await proxmox.setConfig(ref.at.node, ref.vmid, {
      set: { description: `${ref.marker}\n${BAKED}` },
      digest,
    })
  },
}

const notBaked = (ref: VmRef) =>
  new ProxmoxError(
    'proxmox.task-timeout',
    `The builder ${ref.name} (VMID ${ref.vmid}) did not switch itself off within ${BAKE_LIMIT_MS / 60_000} min - its packages could not be installed; look at its console, most often its network has no way to the package servers.`,
  )

/** The builder became a template that says what it was made from; its seed is gone. */
export const templateSeal: StepHandler<StepArgs['template.seal']> = {
  async check({ ref, specHash }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    if (config?.values.template !== '1') return false
    return specHashOf(config.values) === specHash && !(await isAttached(ref, ctx))
  },
  async apply({ ref, seedStorage, specHash }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const { values, digest } = await getOurs(proxmox, ref)
    await proxmox.setConfig(ref.at.node, ref.vmid, {
      set: { description: `${ref.marker}\n${BAKED}\nspec:${specHash}` },
      remove: SEED_SLOT in values ? [SEED_SLOT] : [],
      digest,
    })
    await deleteSeed(ref, seedStorage, ctx)
    if (values.template !== '1')
      await runTask(ctx, proxmox, () => proxmox.makeTemplate(ref.at.node, ref.vmid), 'template')
  },
}

/** Whether a builder finished its work. PVE gives descriptions back with a newline at the end. */
export const isBaked = (values: Readonly<Record<string, string>>): boolean =>
  values.template === '1' || (values.description ?? '').split('\n').includes(BAKED)

/** Hash of what a template was made from, null if it does not say. */
export const specHashOf = (values: Readonly<Record<string, string>>): string | null =>
  /^spec:(\S+)$/m.exec(values.description ?? '')?.[1] ?? null

/** When a VM was created, UTC milliseconds; null where PVE did not write it down (`meta: creation-qemu=9.2.0,ctime=1764000000`). */
export function madeAtOf(values: Readonly<Record<string, string>>): number | null {
  const seconds = /(?:^|,)ctime=(\d+)(?:,|$)/.exec(values.meta ?? '')?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}
