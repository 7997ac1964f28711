import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { KubeAnswer } from '@/lib/lab/kubernetes/answer'
import { changesSince, type KubeRequest, serve } from '@/lib/lab/kubernetes/api'
import type { Kube } from '@/lib/lab/kubernetes/kube'
import { kubernetesOf, wakeKubernetes, worldOf } from '@/lib/lab/kubernetes/lab-kubernetes'
import { hasQuorum } from '@/lib/lab/kubernetes/tick'
import type { Lab } from '@/lib/lab/state'
import type { Engine } from '../engine'
import { makeKubePki, makeServerCertificate } from './pki'

/** Authorities that are kept ready for the next clusters. */
const SPARE = 2

export type KubeServer = {
  /** Speaks TLS and the Kubernetes API of this cluster on an accepted connection. */
  accept(cluster: string, socket: Duplex): void
  close(): void
}

/** Serves every cluster of the lab over connections that its network has let through. */
export function startKubeServer(engine: Engine): KubeServer {
  const servers = new Map<string, Promise<Server>>()
  const stopFilling = keepSpare(engine)

  const serverOf = (kube: Kube): Promise<Server> => {
    const known = servers.get(kube.uid)
    if (known) return known
    const made = openServer(engine, kube)
    servers.set(kube.uid, made)
    return made
  }
  return {
    accept(cluster, socket) {
      const kube = kubernetesOf(engine.state).clusters[cluster]
      if (!kube) {
        socket.destroy()
        return
      }
      serverOf(kube).then(
        (server) => server.emit('connection', socket),
        (error: unknown) => {
          console.error('lab: no certificate for the simulated API server:', error)
          socket.destroy()
        },
      )
    },
    close() {
      stopFilling()
      for (const server of servers.values())
        server.then((open) => open.closeAllConnections()).catch(() => undefined) // Told above.
    },
  }
}

/** One cluster's API server. It listens nowhere: connections are handed to it. */
async function openServer(engine: Engine, kube: Kube): Promise<Server> {
  const names = [...kube.certSans, ...worldAddresses(engine, kube), 'kubernetes', '127.0.0.1']
  const { cert, key } = await makeServerCertificate(kube.ca, names, Date.now())
  const options = {
    ...{ cert, key, ca: kube.ca.caCert, requestCert: true },
    // A missing or foreign certificate is answered with 401, as the API server does.
    rejectUnauthorized: false,
  }
  return createServer(options, (request, response) => {
    answer(engine, kube.uid, request, response).catch((error: unknown) => {
      console.error('lab: a request to the simulated Kubernetes API failed:', error)
      response.destroy()
    })
  })
}

const worldAddresses = (engine: Engine, kube: Kube): string[] =>
  engine.change((lab) => Object.values(worldOf(lab, kube).nodes).map(({ address }) => address))

/** Makes authorities ahead, since the lab's transitions cannot. */
function keepSpare(engine: Engine): () => void {
  let making = false
  const fill = () => {
    if (making || kubernetesOf(engine.state).spare.length >= SPARE) return
    making = true
    makeKubePki(Date.now()).then(
      (pki) => {
        making = false
        engine.change((lab) => kubernetesOf(lab.state).spare.push(pki))
      },
      (error: unknown) => console.error('lab: could not make an authority:', error),
    )
  }
  fill()
  return engine.onChange(fill)
}

async function answer(
  engine: Engine,
  cluster: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const socket = request.socket as TLSSocket
  const url = new URL(request.url ?? '/', 'https://cluster')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const open = kubernetesOf(engine.state).clusters[cluster]?.k3s === undefined
  const anonymous = open && ['/readyz', '/livez', '/healthz', '/version'].includes(url.pathname)
  if (!socket.authorized && !anonymous) {
    send(response, status(401, 'Unauthorized', 'Unauthorized'))
    return
  }
  const given: KubeRequest = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  }
  const result = engine.change((lab) => within(lab, cluster, given))
  if (result === null) {
    // Its machines stopped or lost their quorum after the connection was made.
    response.destroy()
    return
  }
  if ('watch' in result) stream(engine, cluster, result.watch, response)
  else send(response, result)
}

const status = (code: number, reason: string, message: string): KubeAnswer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code },
})

function within(lab: Lab, cluster: string, request: KubeRequest): KubeAnswer | null {
  const kube = kubernetesOf(lab.state).clusters[cluster]
  if (!kube) return null
  const world = worldOf(lab, kube)
  if (!hasQuorum(kube, world)) return null
  const result = serve(kube, request, world)
  if (request.method !== 'GET') wakeKubernetes(lab)
  return result
}

function send(response: ServerResponse, result: KubeAnswer): void {
  if ('watch' in result) return
  const isText = result.text !== undefined
  response.writeHead(result.status, {
    'content-type': isText ? 'text/plain' : 'application/json',
  })
  response.end(isText ? result.text : JSON.stringify(result.body))
}

type Watch = Extract<KubeAnswer, { watch: unknown }>['watch']

/** Lines of changes for as long as the client listens and the cluster answers. */
function stream(engine: Engine, cluster: string, watch: Watch, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  let at = watch
  const push = () => {
    const kube = kubernetesOf(engine.state).clusters[cluster]
    if (!kube) {
      response.end()
      return
    }
    const { events, rv, gone } = changesSince(kube, at)
    at = { ...at, rv }
    if (gone) {
      const object = {
        kind: 'Status',
        status: 'Failure',
        reason: 'Expired',
        code: 410,
        message: 'too old resource version',
      }
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
      return
    }
    for (const event of events) response.write(`${JSON.stringify(event)}\n`)
  }
  const stop = engine.onChange(push)
  response.on('close', stop)
  push()
}
