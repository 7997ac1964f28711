import { KubernetesError } from '@/lib/kubernetes/errors'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { objectPath } from '@/lib/kubernetes/object-path'
import type { StepArgs } from '@/lib/plan/step'
import type { StepHandler } from '../handler'
import { fill } from './fill'
import { HASH_ANNOTATION } from './hash-annotation'

/** Objects beside a chart, each with the hash of what it was applied from. */
export const addonResources: StepHandler<StepArgs['addon.resources']> = {
  async check({ cluster, resources }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    for (const { manifest, hash } of resources) {
      try {
        const path = await objectPath(manifest as KubernetesObject, kubernetes)
        const found = await kubernetes.get(path)
        if (found?.metadata.annotations?.[HASH_ANNOTATION] !== hash) return false
      } catch (error) {
        // Its definition is not there yet: then the object is not either.
        if (error instanceof KubernetesError && error.code === 'kubernetes.not-found') return false
        throw error
      }
    }
    return true
  },

  async apply({ cluster, resources }, ctx) {
    const kubernetes = await ctx.kubernetes(cluster)
    for (const { manifest, hash, kind, name } of resources) {
      const object = (await fill(manifest, cluster.topologyId, ctx)) as KubernetesObject
      ctx.log(`Applying ${kind} ${name}.`)
      await kubernetes.apply({
        ...object,
        metadata: {
          ...object.metadata,
          annotations: { ...object.metadata.annotations, [HASH_ANNOTATION]: hash },
        },
      })
    }
  },
}
