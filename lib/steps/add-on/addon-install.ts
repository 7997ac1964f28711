import type { PanelError } from '@/lib/base/errors'
import { ADD_ON_LABEL, VALUES_LABEL, VERSION_LABEL, valuesLabel } from '@/lib/helm/client'
import { HelmError } from '@/lib/helm/errors'
import type { StepArgs } from '@/lib/plan/step'
import type { StepContext, StepHandler } from '../handler'
import { fill } from './fill'
import { isAsWanted, listReleases, type SeenRelease } from './releases'
import { unwellPods } from './unwell-pods'

type Args = StepArgs['addon.install']

/** A chart, installed or upgraded and waited for. */
export const addonInstall: StepHandler<Args> = {
  async check(args, ctx) {
    return isAsWanted(await findRelease(args, ctx), args)
  },

  async apply(args, ctx) {
    const kubernetes = await ctx.kubernetes(args.cluster)
    refuseForeign(args, await findRelease(args, ctx))
    const helm = await ctx.helm(args.cluster)
    ctx.log(`${await helm.version()}`)
    await kubernetes.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: args.namespace, labels: args.namespaceLabels },
    })
    await clearInterrupted(args, ctx)
    const values = await fill(args.values, args.cluster.topologyId, ctx)
    const { release, namespace, chart, repo, version, timeoutS } = args
    const labels = {
      [VALUES_LABEL]: valuesLabel(args.valuesHash),
      [VERSION_LABEL]: version,
      [ADD_ON_LABEL]: args.addOn,
    }
    try {
      await helm.install(
        { release, namespace, chart, repo, version, timeoutS, labels, values },
        { log: ctx.log, signal: ctx.signal },
      )
    } catch (error) {
      if (!(error instanceof HelmError) || ctx.signal.aborted) throw error
      throw await explain(error, args, ctx)
    }
  },
}

const findRelease = async ({ cluster, release, namespace }: Args, ctx: StepContext) =>
  (await listReleases(await ctx.kubernetes(cluster))).find(
    (each) => each.name === release && each.namespace === namespace,
  )

/** A release of the same name that somebody else installed is not taken over: its values would be lost. */
function refuseForeign({ release, namespace, addOn }: Args, found: SeenRelease | undefined) {
  if (!found || found.addOn !== null) return
  throw new HelmError(
    'helm.foreign-release',
    `${addOn} was not installed - ${namespace}/${release} is there already and was not installed by Drawbridge - uninstall it, or take ${addOn} out of the document.`,
  )
}

/**
 * A Helm that was killed leaves its release "pending", and Helm then refuses to touch it. Only one
 * job at a time works on an add-on, so a pending release is an interrupted one.
 */
async function clearInterrupted(args: Args, ctx: StepContext) {
  const found = await findRelease(args, ctx)
  if (!found?.status.startsWith('pending-')) return
  const helm = await ctx.helm(args.cluster)
  const io = { log: (line: string) => ctx.log(line), signal: ctx.signal }
  ctx.log(`An earlier run of Helm on ${args.release} was interrupted; clearing it.`)
  if (found.revision <= 1) await helm.uninstall(args.release, args.namespace, io)
  else await helm.rollback(args.release, args.namespace, io)
}

/** Helm says "timed out"; the pod says why. */
async function explain(error: HelmError, args: Args, ctx: StepContext): Promise<PanelError> {
  const pods = await unwellPods(await ctx.kubernetes(args.cluster), args.namespace)
  const first = pods[0]
  if (!first) return error
  const others = pods.length > 1 ? ` ${pods.length - 1} more pods are not ready.` : ''
  return new HelmError(
    error.code,
    `${args.addOn} is not ready: pod ${first.name} is in ${first.reason}${first.message ? ` (${first.message})` : ''}.${others} ${error.message}`,
    error,
  )
}
