import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Secret } from '@/lib/base/secret'
import { type Egress, targetOf } from '@/lib/io/egress'
import { type EgressProxy, startEgressProxy } from '@/lib/io/egress-proxy'
import { childEnvironment } from './environment'
import type { Helm, HelmRelease } from './helm'
import { runHelm } from './run-helm'

export type HelmClientOptions = {
  /** Setting of the cluster's connection. */
  path: string
  /** With `proxy-url` where the cluster is behind one. Written to a private file while a call runs. */
  kubeconfig: Secret
  /** What charts may be fetched from; absent: from anywhere. */
  egress?: Egress
  /** Addresses that are reached past the proxy which holds Helm to `egress`: the cluster's. */
  direct?: readonly string[]
}

/** Labels that the panel puts on its releases, to see later what they were made from. */
export const VALUES_LABEL = 'drawbridge.values'
export const ADD_ON_LABEL = 'drawbridge.addon'
export const VERSION_LABEL = 'drawbridge.version'

/** A label's value holds at most 63 characters. */
export const valuesLabel = (hash: string): string => hash.slice(0, 40)

/** Helm 3.13 or later (labels on releases) by its executable. */
export function helmClient({ path, kubeconfig, egress, direct = [] }: HelmClientOptions): Helm {
  const run = (
    args: readonly string[],
    rest: Omit<Parameters<typeof runHelm>[0], 'path' | 'args' | 'env'> = {},
  ) => withHome(kubeconfig, (home) => runHelm({ path, args, env: childEnvironment(home), ...rest }))

  /** A run that fetches: what it connects to goes through a proxy that knows the list. */
  const held: typeof run = async (args, rest = {}) => {
    // Where the machine itself has a proxy, that one alone gets out; the chart's host was checked.
    if (egress === undefined || process.env.HTTPS_PROXY) return run(args, rest)
    const proxy = await startEgressProxy(egress)
    try {
      return await withHome(kubeconfig, (home) =>
        runHelm({
          path,
          args,
          env: { ...childEnvironment(home), ...proxied(proxy, direct) },
          ...rest,
        }),
      )
    } catch (error) {
      throw proxy.refused[0] ?? error
    } finally {
      await proxy.close()
    }
  }

  return {
    version: () =>
      withHome(null, (home) =>
        runHelm({ path, args: ['version', '--short'], env: childEnvironment(home) }),
      ),
    async install(
      { release, namespace, chart, repo, version, values, timeoutS, labels },
      { log, signal },
    ) {
      const { host, port } = targetOf(repo)
      await egress?.check(host, port)
      const marks = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
      await held(
        [
          ...['upgrade', release, chart, '--install', '--namespace', namespace],
          ...(repo.startsWith('oci://') ? [] : ['--repo', repo]),
          ...['--version', version, '--values', '-', '--wait', '--timeout', `${timeoutS}s`],
          ...(marks.length === 0 ? [] : ['--labels', marks.join(',')]),
        ],
        { stdin: JSON.stringify(values), log, signal },
      )
    },
    async list() {
      const text = await run(['list', '--all-namespaces', '--all', '--output', 'json'])
      return (JSON.parse(text || '[]') as RawRelease[]).map(toRelease)
    },
    async rollback(release, namespace, { log, signal }) {
      await run(['rollback', release, '--namespace', namespace, '--wait'], { log, signal })
    },
    async history(release, namespace) {
      const text = await run(['history', release, '--namespace', namespace, '--output', 'json'])
      return (
        JSON.parse(text || '[]') as { revision: number; status: string; chart: string }[]
      ).map(({ revision, status, chart }) => ({ revision, status, chart }))
    },
    async uninstall(release, namespace, { log, signal }) {
      await run(['uninstall', release, '--namespace', namespace, '--ignore-not-found', '--wait'], {
        log,
        signal,
      })
    },
  }
}

type RawRelease = {
  name: string
  namespace: string
  revision: string | number
  status: string
  chart: string
  app_version: string
}

const toRelease = (raw: RawRelease): HelmRelease => ({
  name: raw.name,
  namespace: raw.namespace,
  chart: raw.chart,
  appVersion: raw.app_version,
  revision: Number(raw.revision),
  status: raw.status,
})

const proxied = ({ url }: EgressProxy, direct: readonly string[]): Record<string, string> => ({
  HTTPS_PROXY: url,
  HTTP_PROXY: url,
  NO_PROXY: direct.join(','),
})

/** A private folder for one call, gone afterwards whatever happens. */
async function withHome<T>(
  kubeconfig: Secret | null,
  use: (home: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'drawbridge-helm-'))
  try {
    if (kubeconfig) {
      await writeFile(join(home, 'kubeconfig'), kubeconfig.reveal(), { mode: 0o600 })
    }
    return await use(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
