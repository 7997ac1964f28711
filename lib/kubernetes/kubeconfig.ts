import { stringify } from 'yaml'
import { z } from 'zod'
import { parseForeignYaml, UnreadableYaml } from '@/lib/base/foreign-yaml'
import { KubernetesError } from './errors'

/** What a client needs from a kubeconfig: the current context's cluster and user. PEM texts. */
export type Kubeconfig = {
  /** `https://10.2.0.5:6443` */
  server: string
  /** Name that the certificate is checked against, if not the server's host. */
  tlsServerName: string | null
  ca: string | null
  cert: string | null
  key: string | null
  token: string | null
}

const File = z.looseObject({
  'current-context': z.string(),
  contexts: z.array(
    z.looseObject({
      name: z.string(),
      context: z.looseObject({ cluster: z.string(), user: z.string() }),
    }),
  ),
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      cluster: z.looseObject({
        server: z.url(),
        'certificate-authority-data': z.string().optional(),
        'tls-server-name': z.string().optional(),
        'proxy-url': z.string().optional(),
      }),
    }),
  ),
  users: z.array(
    z.looseObject({
      name: z.string(),
      user: z.looseObject({
        'client-certificate-data': z.string().optional(),
        'client-key-data': z.string().optional(),
        token: z.string().optional(),
      }),
    }),
  ),
})

/** A control plane wrote it; whoever broke into that must not end the process that reads it. */
function readFile(text: string): z.infer<typeof File> {
  const file = File.safeParse(readYaml(text))
  if (file.success) return file.data
  const where = file.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new KubernetesError('kubernetes.kubeconfig', `The kubeconfig lacks or garbles ${where}.`)
}

function readYaml(text: string): unknown {
  try {
    return parseForeignYaml(text)
  } catch (cause) {
    if (!(cause instanceof UnreadableYaml)) throw cause
    throw new KubernetesError(
      'kubernetes.kubeconfig',
      `The kubeconfig cannot be read - ${cause.message.charAt(0).toLowerCase()}${cause.message.slice(1)}`,
      { cause },
    )
  }
}

/** Parses a kubeconfig with its keys inline. Throws `kubernetes.kubeconfig`; the text is never quoted. */
export function parseKubeconfig(text: string): Kubeconfig {
  const file = readFile(text)
  const { contexts, clusters, users } = file
  const context = contexts.find((each) => each.name === file['current-context'])?.context
  const cluster = clusters.find((each) => each.name === context?.cluster)?.cluster
  const user = users.find((each) => each.name === context?.user)?.user
  if (!cluster || !user) {
    throw new KubernetesError(
      'kubernetes.kubeconfig',
      `The kubeconfig's current context "${file['current-context']}" names no cluster or user of it.`,
    )
  }
  const pem = (base64: string | undefined) =>
    base64 === undefined ? null : Buffer.from(base64, 'base64').toString('utf8')
  return {
    server: cluster.server,
    tlsServerName: cluster['tls-server-name'] ?? null,
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
    token: user.token ?? null,
  }
}

/**
 * The same access by the endpoint's address, so that nothing has to resolve its name: the name
 * stays what the certificate is checked against. `proxyUrl` is written for tools such as Helm.
 */
export function readdress(
  text: string,
  endpoint: { name: string; address: string; port: number },
  proxyUrl: string | null,
): string {
  parseKubeconfig(text)
  const file = readFile(text)
  for (const { cluster } of file.clusters) {
    cluster.server = `https://${endpoint.address}:${endpoint.port}`
    cluster['tls-server-name'] = endpoint.name
    if (proxyUrl === null) delete cluster['proxy-url']
    else cluster['proxy-url'] = proxyUrl
  }
  return stringify(file, { lineWidth: 0 })
}

/**
 * The same access by another server, its cluster called `name` and its user `admin@name`: k3s writes
 * one for the machine itself in which everything is called `default`, so that several could not be
 * put together.
 */
export function renameKubeconfig(text: string, { name, server }: { name: string; server: string }) {
  parseKubeconfig(text)
  const file = readFile(text)
  const admin = `admin@${name}`
  const context = file.contexts.find((each) => each.name === file['current-context'])
  const clusters = file.clusters.filter((each) => each.name === context?.context.cluster)
  const users = file.users.filter((each) => each.name === context?.context.user)
  return stringify(
    {
      ...file,
      clusters: clusters.map(({ cluster }) => ({ name, cluster: { ...cluster, server } })),
      contexts: [{ name: admin, context: { cluster: name, user: admin } }],
      users: users.map(({ user }) => ({ name: admin, user })),
      'current-context': admin,
    },
    { lineWidth: 0 },
  )
}
