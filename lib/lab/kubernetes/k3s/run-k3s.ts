import type { Command, GuestCondition, GuestEffect } from '../../guest/command'
import { effect, failed, type ScriptStep } from '../../guest/shell/script'
import type { Lab, Vm } from '../../state'
import type { Kube } from '../kube'
import { kubernetesOf, machineOf, wakeKubernetes, worldOf } from '../lab-kubernetes'
import { membershipOf } from '../membership'
import { addK3sNode, foundK3s, moveToEtcd } from './found-k3s'
import { logLine, say } from './journal'
import { installedRelease } from './program'
import { clusterAt, type Role, whyNotStart } from './refusals'
import {
  criticalOf,
  flagsOf,
  isSet,
  type K3sSettings,
  listOf,
  readSettings,
  textOf,
  tokenOf,
} from './settings'
import { nodePassword, settleMember } from './settle-member'
import { parseToken } from './token'

/** systemd's RestartSec of the unit: k3s ends at a fault and is started again. */
const AGAIN_MS = 5000
const FOR_EVER = Number.MAX_SAFE_INTEGER
const HOUR_MS = 3_600_000

/** `k3s server` and `k3s agent`: run until they are stopped. */
export const runK3s =
  (role: Role): Command =>
  (context) => {
    const { lab, vm, user } = context
    if (user !== 'root')
      return failed('FATA[0000] must run as root unless --disable-agent is specified')
    const release = installedRelease(lab, vm)
    const begin = logLine(
      lab,
      'info',
      `Starting k3s ${role === 'agent' ? 'agent ' : ''}${release} (5a1c3d97)`,
    )
    return {
      steps: [{ do: 'write', afterMs: 700, stream: 'err', text: begin }, ...startSteps(role)],
      code: 0,
    }
  }

const startSteps = (role: Role): ScriptStep[] => [
  {
    do: 'wait',
    condition: 'k3s.may-start',
    args: { role },
    everyMs: AGAIN_MS,
    limitMs: FOR_EVER,
  },
  effect('k3s.up', { role }, role === 'server' ? 14_000 : 5000),
  { do: 'wait', condition: 'k3s.stopped', args: {}, everyMs: HOUR_MS, limitMs: FOR_EVER },
]

/** Looks whether k3s starts; if not it says why, as often as systemd starts it. */
export const mayStart: GuestCondition = (lab, vm, process, args) => {
  const role = args.role as Role
  const settings = readSettings(lab, vm)
  if (typeof settings !== 'string')
    for (const key of settings.unknown)
      say(lab, vm, process, 'warning', `Unknown flag --${key} found in config.yaml, skipping`)
  const refusal = whyNotStart(lab, vm, role, settings)
  if (refusal) say(lab, vm, process, refusal.level, refusal.message)
  if (refusal || typeof settings === 'string') return null
  // Authorities are made outside; one comes in a moment.
  const begins = membershipOf(lab, vm) === null && textOf(settings, 'server') === null
  return begins && kubernetesOf(lab.state).spare.length === 0 ? null : { code: 0 }
}

/** Only its end ends it. */
export const stopped: GuestCondition = () => null

/** k3s is up: a cluster was begun, joined, or goes on. */
export const up: GuestEffect = (lab, vm, process, args) => {
  const role = args.role as Role
  const settings = readSettings(lab, vm)
  const kube =
    typeof settings === 'string' || whyNotStart(lab, vm, role, settings)
      ? null
      : (goingOn(lab, vm) ?? joined(lab, vm, role, settings) ?? founded(lab, vm, role, settings))
  if (!kube || typeof settings === 'string') {
    // What it joined went away meanwhile: from the start again.
    process.script?.steps.unshift(...startSteps(role).slice(0, -1))
    return undefined
  }
  markUp(vm, process.unit)
  const name = textOf(settings, 'node-name') ?? ''
  const server = role === 'server'
  const node = {
    server,
    labels: listOf(settings, 'node-label'),
    taints: listOf(settings, 'node-taint'),
    password: nodePassword(lab, vm),
    args: [role, ...flagsOf(settings)],
  }
  settleMember(lab, vm, kube, { node: name, controlPlane: server })
  if (server && kube.k3s?.sqlite && isSet(settings, 'cluster-init'))
    moveToEtcd(kube, worldOf(lab, kube))
  if (!kube.objects[`/api/v1/nodes/${name}`])
    addK3sNode(kube, name, machineOf(lab, vm), node, worldOf(lab, kube))
  say(lab, vm, process, 'info', server ? 'k3s is up and running' : `Node ${name} registered`)
  wakeKubernetes(lab)
  return undefined
}

function markUp(vm: Vm, name: string | null): void {
  const unit = name === null ? undefined : vm.guest?.units[name]
  if (!unit) return
  unit.active = 'active'
  unit.sub = 'running'
}

const goingOn = (lab: Lab, vm: Vm): Kube | null => {
  const membership = membershipOf(lab, vm)
  return (membership && kubernetesOf(lab.state).clusters[membership.cluster]) ?? null
}

function joined(lab: Lab, vm: Vm, _role: Role, settings: K3sSettings): Kube | null {
  const server = textOf(settings, 'server')
  const found = server === null ? null : clusterAt(lab, vm, server)
  return found === null || typeof found === 'string' ? null : found
}

function founded(lab: Lab, vm: Vm, role: Role, settings: K3sSettings): Kube | null {
  if (role === 'agent' || textOf(settings, 'server') !== null) return null
  const pki = kubernetesOf(lab.state).spare.shift()
  if (!pki) return null
  const token = (key: string) => parseToken(tokenOf(lab, vm, settings, key) ?? '')?.password ?? ''
  const critical = criticalOf(settings)
  const sans = listOf(settings, 'tls-san')
  const kube = foundK3s(
    {
      name: 'default',
      version: installedRelease(lab, vm) ?? '',
      endpoint: { name: sans[0] ?? machineOf(lab, vm).address, port: 6443 },
      podCidr: critical['cluster-cidr'] ?? '',
      serviceCidr: critical['service-cidr'] ?? '',
      certSans: [...sans, machineOf(lab, vm).address],
      pki,
      packaged: PACKAGED.filter((each) => !listOf(settings, 'disable').includes(each)),
      k3s: {
        sqlite: !isSet(settings, 'cluster-init'),
        flannel: critical['flannel-backend'] !== 'none',
        serverToken: token('token'),
        agentToken: token('agent-token'),
        critical,
      },
    },
    worldOf(lab, { uid: '' } as Kube),
  )
  kubernetesOf(lab.state).clusters[kube.uid] = kube
  return kube
}

const PACKAGED = ['local-storage', 'metrics-server', 'traefik']
