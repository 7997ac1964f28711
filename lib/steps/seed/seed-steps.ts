import { hostKeyName, userKeyName } from '@/lib/plan/secret-names'
import { seedFile } from '@/lib/plan/seed-volume'
import type { SeedSpec, StepArgs, VmRef } from '@/lib/plan/step'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import type { StepContext, StepHandler } from '../handler'
import { findOurs } from '../vm/our-vm'
import { runTask } from '../vm/run-task'
import { SEED_SLOT } from '../vm/vm-configure'
import { seedIso } from './seed-iso'

/**
 * The seed of this step's own making is on the storage. An older one of the same name may be there,
 * with keys or addresses of before: only our note tells them apart, so without it it is written again.
 */
export const seedUpload: StepHandler<StepArgs['seed.upload']> = {
  async check({ ref, storage }, ctx) {
    return ctx.notes.get('uploaded') === 'yes' && (await isThere(ref, storage, ctx))
  },
  async apply({ ref, topologyId, storage, seed }, ctx) {
    const hostKey = await ctx.secrets.ensure(hostKeyName(topologyId, ref.vm), () =>
      makePrivateKey(`${ref.name} host key`),
    )
    const keys = {
      userKey: await userKey(topologyId, ctx),
      hostKey: { private: hostKey.reveal(), public: publicKeyOf(hostKey) },
    }
    await uploadSeed(ref, storage, seedIso(seed, keys, 'vm'), ctx)
    await ctx.notes.set('uploaded', 'yes')
  },
}

/** The seed holds a private key: once the guest has read it, it is taken out and deleted. */
export const seedRemove: StepHandler<StepArgs['seed.remove']> = {
  async check({ ref, storage }, ctx) {
    return !(await isAttached(ref, ctx)) && !(await isThere(ref, storage, ctx))
  },
  async apply({ ref, storage }, ctx) {
    await detachSeed(ref, ctx)
    await deleteSeed(ref, storage, ctx)
  },
}

/** The seed of a template's builder: no host key, for nobody signs in there. */
export async function uploadBuilderSeed(
  ref: VmRef,
  storage: string,
  { topologyId, seed }: { topologyId: string; seed: SeedSpec },
  ctx: StepContext,
): Promise<void> {
  const keys = { userKey: await userKey(topologyId, ctx), hostKey: null }
  await uploadSeed(ref, storage, seedIso(seed, keys, 'builder'), ctx)
}

export async function deleteSeed(ref: VmRef, storage: string, ctx: StepContext): Promise<void> {
  const proxmox = await ctx.proxmox(ref.at.connection)
  if (!(await isThere(ref, storage, ctx))) return
  await runTask(
    ctx,
    proxmox,
    () => proxmox.deleteVolume(ref.at.node, volumeOf(ref, storage)),
    'delete',
  )
}

/** Whether our VM's CD drive holds the panel's seed. */
export async function isAttached(ref: VmRef, ctx: StepContext): Promise<boolean> {
  const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
  return config?.values[SEED_SLOT]?.includes(`iso/${seedFile(ref)}`) === true
}

/** Ejects: a drive without a medium needs no restart, a removed drive would. */
async function detachSeed(ref: VmRef, ctx: StepContext): Promise<void> {
  const proxmox = await ctx.proxmox(ref.at.connection)
  const config = await findOurs(proxmox, ref)
  if (!config || !(await isAttached(ref, ctx))) return
  await proxmox.setConfig(ref.at.node, ref.vmid, {
    set: { [SEED_SLOT]: 'none,media=cdrom' },
    digest: config.digest,
  })
}

const userKey = async (topologyId: string, ctx: StepContext): Promise<string> =>
  publicKeyOf(
    await ctx.secrets.ensure(userKeyName(topologyId), () =>
      makePrivateKey(`drawbridge ${topologyId}`),
    ),
  )

const volumeOf = (ref: VmRef, storage: string) => `${storage}:iso/${seedFile(ref)}`

async function isThere(ref: VmRef, storage: string, ctx: StepContext): Promise<boolean> {
  const proxmox = await ctx.proxmox(ref.at.connection)
  const volumes = await proxmox.content(ref.at.node, storage, 'iso')
  return volumes.some(({ volid }) => volid === volumeOf(ref, storage))
}

async function uploadSeed(
  ref: VmRef,
  storage: string,
  content: Uint8Array,
  ctx: StepContext,
): Promise<void> {
  const proxmox = await ctx.proxmox(ref.at.connection)
  ctx.log(`Uploading ${seedFile(ref)} (${content.length} bytes) to ${storage}`)
  await runTask(
    ctx,
    proxmox,
    () =>
      proxmox.upload(
        ref.at.node,
        storage,
        { kind: 'iso', name: seedFile(ref), content },
        ctx.signal,
      ),
    'upload',
  )
}
