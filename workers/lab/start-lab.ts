import { randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { join } from 'node:path'
import { type LabShape, makeLab, PANEL_TOKEN } from '@/lib/lab/initial'
import type { LabState } from '@/lib/lab/state'
import { dropWhileSilent } from './broken-calls'
import { type LabCertificate, labCertificate } from './certificate'
import { serveConsoles } from './console-socket'
import type { Reset } from './control'
import { createControlServer, type LabControl } from './control-server'
import { type Engine, startEngine } from './engine'
import { createGateway } from './gateway'
import { helmStandIn } from './helm-path'
import { startKubeServer } from './kubernetes/kube-server'
import { kubeService } from './kubernetes/kube-service'
import { createPveServer, servePve } from './pve-server'
import { showByFault, shownBy } from './shown-certificate'
import { createSshService } from './ssh-service'
import { openStateFile } from './state-file'
import { startVirtualClock } from './virtual-clock'

export type LabOptions = {
  dataDir: string
  /** 0 = any free one. */
  port: number
  /** What a new lab is to be; one that was kept stays what it is. */
  shape?: LabShape
  /** How much faster than real time; 30 makes a full deploy take one to two minutes. */
  speed: number
}

/** How the panel reaches the lab: what a person would type for a real host. */
export type LabConnection = {
  url: string
  fingerprint: string
  tokenId: string
  tokenSecret: string
  socks: { host: string; port: number }
  helmPath: string
  /** The lab's own paths; no real host has them. */
  control: LabControl
}

export type RunningLab = {
  connection: LabConnection
  engine: Engine
  /** Where each host answers, by its name; the first at the connection's own URL. */
  urls: Record<string, string>
  /** Stops serving and keeps the state. */
  close(): Promise<void>
}

/** Starts the simulated homelab on loopback and writes `DATA/lab/connection.json`. */
export async function startLab({ dataDir, port, speed, shape }: LabOptions): Promise<RunningLab> {
  const file = openStateFile(dataDir)
  const before = file.load()
  const clock = startVirtualClock(before?.at ?? 0, speed)
  const certificates = {
    own: await labCertificate(dataDir),
    other: await labCertificate(dataDir, 'other'),
  }
  const fresh = (previous: LabState | null, wanted: LabShape = shape ?? {}): LabState =>
    tellCertificate(
      makeLab(randomBytes(4).readUInt32LE(), makeSecrets(previous), clock(), wanted),
      certificates.own,
    )
  const certificate = certificates[shownBy(before)]
  // The port first: where it is taken, another lab may be at work on this very state.
  const server = createPveServer(certificate)
  const listening = await listen(server, port)
  const engine = startEngine(
    before ? tellCertificate(before, certificates.own) : fresh(null),
    clock,
    file,
  )
  showByFault(server, engine, certificates)
  let others: Others = { servers: [], urls: {} }
  const reset: Reset = (wanted) => {
    engine.replace(fresh(engine.state, wanted ?? shapeOf(engine.state)))
    serveOthers({ engine, certificate, reset, port, before: others }).then(
      (served) => {
        others = served
      },
      (error: unknown) => console.error('lab: a host could not be served:', error),
    )
  }
  dropWhileSilent(server, engine, () => Object.keys(engine.state.hosts)[0] ?? '')
  servePve(server, engine, reset)
  serveConsoles(server, engine)
  others = await serveOthers({ engine, certificate, reset, port, before: others })
  const control = createControlServer(engine, reset)
  const controlAt = await listen(control.server, 0)
  const kubernetes = startKubeServer(engine)
  const gateway = createGateway(engine, [createSshService(engine), kubeService(kubernetes)])
  const socks = await listen(gateway, 0)
  const connection: LabConnection = {
    url: `https://127.0.0.1:${listening.port}`,
    fingerprint: certificate.fingerprint,
    tokenId: PANEL_TOKEN,
    tokenSecret: engine.state.access.tokens[PANEL_TOKEN]?.secret ?? '',
    socks: { host: '127.0.0.1', port: socks.port },
    helmPath: helmStandIn(dataDir),
    control: { url: `http://127.0.0.1:${controlAt.port}`, key: control.key },
  }
  writeConnection(dataDir, connection)
  file.touch(engine.state)
  file.flush()
  return {
    connection,
    engine,
    urls: { ...others.urls, [Object.keys(engine.state.hosts)[0] ?? '']: connection.url },
    async close() {
      engine.close()
      kubernetes.close()
      await Promise.all([server, control.server, gateway, ...others.servers].map(closeServer))
    },
  }
}

type Others = { servers: NetServer[]; urls: Record<string, string> }

/** What the present lab is, for a reset that does not say what the next one is to be. */
const shapeOf = (state: LabState): LabShape => ({
  hosts: Object.keys(state.hosts).length === 3 ? 3 : 1,
  release: state.release ?? '9',
})

/** Every host but the first answers on a port of its own: the next ones, or any. */
async function serveOthers(of: {
  engine: Engine
  certificate: LabCertificate
  reset: Reset
  port: number
  /** Those that are served already; a reset may have added hosts. */
  before: Others
}): Promise<Others> {
  const servers = [...of.before.servers]
  const urls = { ...of.before.urls }
  for (const node of Object.keys(of.engine.state.hosts).slice(1)) {
    if (urls[node] !== undefined) continue
    const server = createPveServer(of.certificate)
    dropWhileSilent(server, of.engine, () => node)
    servePve(server, of.engine, of.reset, node)
    serveConsoles(server, of.engine)
    servers.push(server)
    const { port } = await listen(server, of.port === 0 ? 0 : of.port + servers.length)
    urls[node] = `https://127.0.0.1:${port}`
  }
  return { servers, urls }
}

/** Lets the first host's API tell of the certificate that its port shows. */
function tellCertificate(state: LabState, { chain, fingerprint }: LabCertificate): LabState {
  const host = Object.values(state.hosts)[0]
  const { validFrom, validTo } = new X509Certificate(chain)
  const seconds = (date: string): number => Math.floor(Date.parse(date) / 1000)
  if (host)
    host.certificate = {
      ...{ pem: chain, fingerprint },
      ...{ notBefore: seconds(validFrom), notAfter: seconds(validTo) },
    }
  return state
}

/** New ones for a new lab; a reset keeps them, so that the panel's connection goes on working. */
function makeSecrets(before: LabState | null) {
  return {
    tokenSecret: before?.access.tokens[PANEL_TOKEN]?.secret ?? randomUUID(),
    rootPassword:
      before?.access.users['root@pam']?.password ?? randomBytes(9).toString('base64url'),
  }
}

function writeConnection(dataDir: string, connection: LabConnection): void {
  const path = join(dataDir, 'lab', 'connection.json')
  writeFileSync(`${path}.new`, JSON.stringify(connection, null, 2), { mode: 0o600 })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}

/** Listens on loopback only. */
export function listen(server: NetServer, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })
}

/** Ends a server with its open connections. */
export function closeServer(server: NetServer & { closeAllConnections?(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections?.()
  })
}
