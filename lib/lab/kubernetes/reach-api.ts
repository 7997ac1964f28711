import { readText } from '../guest/filesystem'
import { findByAddress } from '../guest/interfaces'
import type { Lab, Vm } from '../state'
import type { Kube } from './kube'
import { apiServerOn } from './lab-kubernetes'

const HAPROXY = '/etc/haproxy/haproxy.cfg'

export type Reached =
  /** An API server answers, itself or behind a load balancer. */
  | { kind: 'api'; kube: Kube }
  /** A load balancer accepts the connection and closes it: every backend is down. */
  | { kind: 'no-backend' }
  | { kind: 'refused' }
  | { kind: 'no-route' }

/** What a TCP connection to an address and port meets, as far as Kubernetes' API is concerned. */
export function reachApi(lab: Lab, address: string, port: number): Reached {
  const vm = findByAddress(lab, address)
  if (!vm) return { kind: 'no-route' }
  const own = port === 6443 ? apiServerOn(lab, vm) : null
  if (own) return { kind: 'api', kube: own }
  if (vm.guest?.units.haproxy?.active !== 'active') return { kind: 'refused' }
  const config = readText(lab, vm, HAPROXY) ?? ''
  const backends = backendsOf(config, port)
  if (backends === null) return { kind: 'refused' }
  for (const backend of backends) {
    const behind = findByAddress(lab, backend)
    const kube = behind && behind !== vm ? apiServerOn(lab, behind) : null
    if (kube && isUp(config, kube)) return { kind: 'api', kube }
  }
  return { kind: 'no-backend' }
}

/** Whether HAProxy's check takes a server for one that is up: k3s answers it with 401. */
const isUp = (config: string, kube: Kube): boolean =>
  !kube.k3s || !/^\s*http-check expect status 200$/m.test(config)

/** Addresses of the servers behind the frontend that binds this port; null if none does. */
function backendsOf(config: string, port: number): string[] | null {
  if (!new RegExp(`^\\s*bind\\s+\\S*:${port}\\b`, 'm').test(config)) return null
  return [...config.matchAll(/^\s*server\s+\S+\s+([\d.]+):\d+/gm)].map(
    ([, address]) => address ?? '',
  )
}

/** The address that a machine resolves a name to by its hosts file; an address is itself. */
export function resolveOn(lab: Lab, vm: Vm, name: string): string | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return name
  for (const line of (readText(lab, vm, '/etc/hosts') ?? '').split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address && names.includes(name)) return address
  }
  return null
}
