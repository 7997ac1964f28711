import type { StepArgs } from '@/lib/plan/step'
import type { StepHandler } from '../handler'
import { listReleases } from './releases'

/** Uninstalls a release that is ours. Volumes and definitions that the chart keeps stay. */
export const addonRemove: StepHandler<StepArgs['addon.remove']> = {
  async check({ cluster, release, namespace }, ctx) {
    const releases = await listReleases(await ctx.kubernetes(cluster))
    return !releases.some(
      (each) => each.name === release && each.namespace === namespace && each.addOn !== null,
    )
  },
  async apply({ cluster, release, namespace }, ctx) {
    const helm = await ctx.helm(cluster)
    await helm.uninstall(release, namespace, { log: ctx.log, signal: ctx.signal })
  },
}
