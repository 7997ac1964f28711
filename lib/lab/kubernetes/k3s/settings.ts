import { parseDocument } from 'yaml'
import { nestsDeeper } from '@/lib/base/yaml-nesting'
import { readText } from '../../guest/filesystem'
import type { Lab, Vm } from '../../state'

const CONFIG = '/etc/rancher/k3s/config.yaml'
/** The YAML library ends the process at the end of the stack. */
const MOST_LEVELS = 64

/** Every flag that the simulated k3s knows, by the name it has in config.yaml. */
const KNOWN = new Set([
  ...['server', 'token', 'token-file', 'agent-token', 'agent-token-file', 'cluster-init'],
  ...['node-name', 'node-ip', 'node-label', 'node-taint', 'tls-san', 'write-kubeconfig-mode'],
  ...['cluster-cidr', 'service-cidr', 'cluster-dns', 'cluster-domain', 'disable'],
  ...['flannel-backend', 'flannel-iface', 'disable-network-policy', 'disable-kube-proxy'],
  ...['secrets-encryption', 'kube-apiserver-arg', 'kube-controller-manager-arg'],
  ...['kube-scheduler-arg', 'kubelet-arg', 'etcd-expose-metrics', 'etcd-disable-snapshots'],
  ...['etcd-snapshot-schedule-cron', 'etcd-snapshot-retention', 'data-dir', 'debug'],
])

export type K3sSettings = {
  values: Record<string, unknown>
  /** Keys that are no flags: k3s warns and goes on without them. */
  unknown: string[]
}

/** What config.yaml says; a sentence of the YAML library if it cannot be read. */
export function readSettings(lab: Lab, vm: Vm): K3sSettings | string {
  const text = readText(lab, vm, CONFIG) ?? ''
  if (nestsDeeper(text, MOST_LEVELS)) return 'yaml: exceeded max depth of 10000'
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault) return `yaml: ${fault.message.split('\n')[0]}`
  const values: unknown = document.toJS()
  if (values === null || values === undefined) return { values: {}, unknown: [] }
  if (typeof values !== 'object' || Array.isArray(values))
    return 'yaml: unmarshal errors: cannot unmarshal !!str into yaml.MapSlice'
  const all = Object.entries(values)
  return {
    values: Object.fromEntries(all.filter(([key]) => KNOWN.has(key))),
    unknown: all.map(([key]) => key).filter((key) => !KNOWN.has(key)),
  }
}

export const textOf = ({ values }: K3sSettings, key: string): string | null =>
  values[key] === undefined ? null : String(values[key])

export const listOf = ({ values }: K3sSettings, key: string): string[] => {
  const value = values[key]
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.map(String) : String(value).split(',')
}

export const isSet = ({ values }: K3sSettings, key: string): boolean =>
  values[key] === true || values[key] === 'true'

/** The settings as flags, what is secret blacked out as k3s does it. */
export const flagsOf = ({ values }: K3sSettings): string[] =>
  Object.entries(values).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each) => [
      `--${key}`,
      /^(agent-)?token$/.test(key) ? '********' : String(each),
    ]),
  )

/** A token: given itself, or the file that it is in. Null without one. */
export function tokenOf(lab: Lab, vm: Vm, settings: K3sSettings, key: string): string | null {
  const file = textOf(settings, `${key}-file`)
  const text = file === null ? textOf(settings, key) : readText(lab, vm, file)
  const token = text?.trim() ?? ''
  return token === '' ? null : token
}

/** What all servers of a cluster have to say alike (docs.k3s.io/cli/server, "Critical Configuration Values"). */
export const criticalOf = (settings: K3sSettings): Record<string, string> => ({
  'cluster-cidr': textOf(settings, 'cluster-cidr') ?? '10.42.0.0/16',
  'service-cidr': textOf(settings, 'service-cidr') ?? '10.43.0.0/16',
  'cluster-dns': textOf(settings, 'cluster-dns') ?? '',
  'flannel-backend': textOf(settings, 'flannel-backend') ?? 'vxlan',
  'disable-network-policy': String(isSet(settings, 'disable-network-policy')),
  'secrets-encryption': String(isSet(settings, 'secrets-encryption')),
  'disable servicelb': String(listOf(settings, 'disable').includes('servicelb')),
})
