import { z } from 'zod'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { ObservedCluster } from '@/lib/plan/observed'

/** Every node of k3s tells the flags it was started with, secrets blacked out (k3s pkg/nodeconfig). */
const ARGS = 'k3s.io/node-args'
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'
/** k3s' own defaults (docs.k3s.io/cli/server). */
const DEFAULTS = { podCidr: '10.42.0.0/16', serviceCidr: '10.43.0.0/16' }

/** What a cluster of k3s was made with, as a server of it tells; undefined if none does. */
export function k3sMade(nodes: readonly KubernetesObject[]): ObservedCluster['made'] {
  const server = nodes.find(
    ({ metadata }) =>
      metadata.labels?.[CONTROL_PLANE] !== undefined && metadata.annotations?.[ARGS] !== undefined,
  )
  const flags = flagsOf(server)
  if (!flags) return undefined
  const joined = nodes.map((node) => flagsOf(node)?.get('server')).find((each) => each)
  const endpoint = joined === undefined ? null : /^https:\/\/([^/]+)/.exec(joined)?.[1]
  return {
    podCidr: flags.get('cluster-cidr') ?? DEFAULTS.podCidr,
    serviceCidr: flags.get('service-cidr') ?? DEFAULTS.serviceCidr,
    network: flags.get('flannel-backend') === 'none' ? 'calico' : 'flannel',
    encryptSecrets: flags.get('secrets-encryption') === 'true',
    audit: server?.metadata.annotations?.[ARGS]?.includes('audit-log-path=') ?? false,
    ...(endpoint ? { endpoint } : {}),
  }
}

const Words = z.array(z.string())

/** By name without dashes; null for what somebody garbled. The first of a repeated one counts. */
function flagsOf(node: KubernetesObject | undefined): Map<string, string> | null {
  const text = node?.metadata.annotations?.[ARGS]
  if (text === undefined) return null
  const words = Words.safeParse(parseJson(text))
  if (!words.success) return null
  const flags = new Map<string, string>()
  words.data.forEach((word, at) => {
    const name = /^--([\w-]+)$/.exec(word)?.[1]
    if (name !== undefined && !flags.has(name)) flags.set(name, words.data[at + 1] ?? '')
  })
  return flags
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
