import { faultsOf } from '../../faults'
import { readText } from '../../guest/filesystem'
import type { Lab, Vm } from '../../state'
import type { Kube } from '../kube'
import { kubernetesOf } from '../lab-kubernetes'
import { membershipOf } from '../membership'
import { reachApi, resolveOn } from '../reach-api'
import { passwordOf } from './found-k3s'
import type { Level } from './journal'
import { criticalOf, type K3sSettings, textOf, tokenOf } from './settings'
import { parseToken, whyRefused } from './token'

export type Role = 'server' | 'agent'
export type Refusal = { level: Level; message: string }

const NODE_PASSWORD = '/etc/rancher/node/password'
/** Certificates are a few minutes old at most when they are checked. */
const SKEW_S = 60

const fatal = (message: string): Refusal => ({ level: 'fatal', message })
const preparing = (message: string) => fatal(`starting kubernetes: preparing server: ${message}`)
/** An agent asks again for as long as it runs. */
const waiting = (message: string): Refusal => ({
  level: 'info',
  message: `Waiting to retrieve agent configuration; server is not ready: ${message}`,
})

/** Why k3s does not start here now, in its own words; null if it does. */
export function whyNotStart(
  lab: Lab,
  vm: Vm,
  role: Role,
  settings: K3sSettings | string,
): Refusal | null {
  if (typeof settings === 'string') return fatal(settings)
  const server = textOf(settings, 'server')
  const token = tokenOf(lab, vm, settings, 'token')
  if (role === 'agent' && server === null) return fatal('--server is required')
  if (role === 'agent' && token === null) return fatal('--token is required')
  const units = vm.guest?.units ?? {}
  const held = role === 'server' && (units.kubelet ?? units.haproxy)?.active === 'active'
  if (held)
    return fatal(
      'starting kubernetes: preparing server: listen tcp :6443: bind: address already in use',
    )
  const membership = membershipOf(lab, vm)
  const own = membership && kubernetesOf(lab.state).clusters[membership.cluster]
  if (own && role === 'server') return ownData(own, token)
  return server === null ? null : joining(lab, vm, { role, settings, server, token: token ?? '' })
}

/** A server that was one before opens its data with its token. */
function ownData(kube: Kube, token: string | null): Refusal | null {
  const password = token === null ? null : parseToken(token)?.password
  return password === kube.k3s?.serverToken
    ? null
    : preparing('bootstrap data already found and encrypted with different token')
}

type Joining = { role: Role; settings: K3sSettings; server: string; token: string }

function joining(lab: Lab, vm: Vm, { role, settings, server, token }: Joining): Refusal | null {
  const because = role === 'server' ? preparing : waiting
  const found = clusterAt(lab, vm, server)
  if (typeof found === 'string')
    return because(`failed to get CA certs: Get "${server}/cacerts": ${found}`)
  if (!found.k3s) return because(`failed to get CA certs: ${server}/cacerts: 404 Not Found`)
  if (isBehind(lab, vm))
    return because(
      'CA cert validation failed: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time is before its validity',
    )
  const refused = whyRefused(found, token, role)
  if (refused !== null) return because(refused)
  const name = textOf(settings, 'node-name') ?? vm.guest?.bootId ?? ''
  return role === 'server'
    ? serverRefusal(lab, vm, found, { name, settings })
    : passwordRefusal(lab, vm, found, name)
}

function serverRefusal(
  lab: Lab,
  vm: Vm,
  kube: Kube,
  { name, settings }: { name: string; settings: K3sSettings },
): Refusal | null {
  if (kube.k3s?.sqlite)
    return preparing('start managed database: joining etcd cluster: etcd disabled')
  const critical = criticalOf(settings)
  const other = Object.entries(kube.k3s?.critical ?? {}).find(
    ([key, value]) => critical[key] !== value,
  )
  if (other)
    return preparing(
      `failed to validate server configuration: critical configuration value mismatch between servers: ${other[0]}`,
    )
  if (kube.members[name])
    return preparing(
      'start managed database: joining etcd cluster: duplicate node name found, please use a unique name for this node',
    )
  return passwordRefusal(lab, vm, kube, name)
}

function passwordRefusal(lab: Lab, vm: Vm, kube: Kube, name: string): Refusal | null {
  const known = passwordOf(kube, name)
  if (known === null || known === readText(lab, vm, NODE_PASSWORD)?.trim()) return null
  return waiting(
    "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id flag",
  )
}

/** The cluster behind a URL as a machine reaches it, or what a TCP connection to it ends with. */
export function clusterAt(lab: Lab, vm: Vm, url: string): Kube | string {
  const [, name = '', port = '6443'] = /^https:\/\/([^:/]+)(?::(\d+))?/.exec(url) ?? []
  const address = resolveOn(lab, vm, name)
  if (address === null) return `dial tcp: lookup ${name}: no such host`
  const reached = reachApi(lab, address, Number(port))
  switch (reached.kind) {
    case 'api':
      return reached.kube
    case 'no-backend':
      return 'EOF'
    case 'refused':
      return `dial tcp ${address}:${port}: connect: connection refused`
    case 'no-route':
      return `dial tcp ${address}:${port}: connect: no route to host`
  }
}

/** Whether this guest's clock is behind the certificates of others. */
const isBehind = (lab: Lab, { vmid }: Vm): boolean =>
  faultsOf(lab.state, 'clock-skew')
    .filter((fault) => fault.vmid === undefined || fault.vmid === vmid)
    .reduce((sum, { seconds }) => sum + seconds, 0) < -SKEW_S
