/**
 * A stand-in for Helm that the lab's connection points at: a client of the lab's Kubernetes API
 * that speaks Helm's command line, and says on every run that it is not Helm. It knows only the
 * charts that the lab simulates.
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { directDialer, socks5Dialer } from '@/lib/io/dialer'
import { kubernetesClient } from '@/lib/kubernetes/client'
import { objectPath } from '@/lib/kubernetes/object-path'
import { type Arguments, durationMs, parseArguments } from './arguments'
import { install, settle } from './install'
import { deleteRelease, listReleases, saveRelease } from './release-store'

const VERSION = 'v3.18.0+drawbridge-lab-stand-in (a simulation, not Helm)'

const say = (line: string) => process.stdout.write(`${line}\n`)

function connect() {
  const path = process.env.KUBECONFIG
  if (!path) throw new Error('Kubernetes cluster unreachable: KUBECONFIG is not set')
  const kubeconfig = readFileSync(path, 'utf8')
  const proxy = (parse(kubeconfig) as { clusters?: { cluster?: { 'proxy-url'?: string } }[] })
    .clusters?.[0]?.cluster?.['proxy-url']
  const url = proxy === undefined ? null : new URL(proxy)
  const dialer = url ? socks5Dialer({ host: url.hostname, port: Number(url.port) }) : directDialer()
  return kubernetesClient({ kubeconfig, dialer })
}

type Client = ReturnType<typeof connect>
type Verb = (client: Client, args: Arguments) => Promise<void>

const flag = ({ flags }: Arguments, name: string, otherwise = ''): string => {
  const value = flags[name]
  return typeof value === 'string' ? value : otherwise
}

const labelsOf = (args: Arguments): Record<string, string> =>
  Object.fromEntries(
    flag(args, 'labels')
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )

const VERBS: Record<string, Verb> = {
  async upgrade(client, args) {
    const [, name = '', chart = ''] = args.words
    const values =
      flag(args, 'values') === '-'
        ? (parse(readFileSync(0, 'utf8')) as Record<string, unknown>)
        : {}
    await install(client, {
      ...{ name, chart, values, say },
      namespace: flag(args, 'namespace', 'default'),
      version: flag(args, 'version'),
      labels: labelsOf(args),
      timeoutMs: durationMs(flag(args, 'timeout', '5m')),
    })
  },

  async list(client) {
    const newest = new Map<string, Awaited<ReturnType<typeof listReleases>>[number]>()
    for (const release of await listReleases(client))
      newest.set(`${release.namespace}/${release.name}`, release)
    say(
      JSON.stringify(
        [...newest.values()].map(({ name, namespace, revision, status, chart, version }) => ({
          ...{ name, namespace, status, app_version: version },
          revision: String(revision),
          chart: `${chart}-${version}`,
        })),
      ),
    )
  },

  async history(client, args) {
    const [, name = ''] = args.words
    const found = await listReleases(client, {
      namespace: flag(args, 'namespace', 'default'),
      name,
    })
    say(
      JSON.stringify(
        found.map(({ revision, status, chart, version }) => ({
          revision,
          status,
          chart: `${chart}-${version}`,
        })),
      ),
    )
  },

  async rollback(client, args) {
    const [, name = ''] = args.words
    const found = await listReleases(client, {
      namespace: flag(args, 'namespace', 'default'),
      name,
    })
    const last = found.at(-1)
    const target = found
      .filter(({ status }) => status === 'deployed' || status === 'superseded')
      .at(-1)
    if (!last || !target) throw new Error(`release: not found`)
    const release = { ...target, revision: last.revision + 1 }
    for (const object of release.objects) await client.apply(object)
    await settle(client, release.objects, {
      timeoutMs: durationMs(flag(args, 'timeout', '5m')),
      say,
    })
    if (last.status.startsWith('pending-')) await saveRelease(client, { ...last, status: 'failed' })
    await saveRelease(client, { ...release, status: 'deployed' })
    say('Rollback was a success! (simulated)')
  },

  async uninstall(client, args) {
    const [, name = ''] = args.words
    const found = await listReleases(client, {
      namespace: flag(args, 'namespace', 'default'),
      name,
    })
    if (found.length === 0) {
      if (args.flags['ignore-not-found'] === true) return
      throw new Error(`uninstall: Release not loaded: ${name}: release: not found`)
    }
    for (const object of found.at(-1)?.objects ?? [])
      await client.delete(await objectPath(object, client))
    for (const release of found) await deleteRelease(client, release)
    say(`release "${name}" uninstalled`)
  },
}

async function main(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv)
  const [verb = ''] = args.words
  if (verb === 'version') {
    say(VERSION)
    return
  }
  const run = VERBS[verb]
  if (!run) throw new Error(`unknown command "${verb}" for the Helm stand-in`)
  const client = connect()
  try {
    await run(client, args)
  } finally {
    await client.close()
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
