import { stringify } from 'yaml'
import { readText } from '../../guest/filesystem'
import { randomHex } from '../../random'
import type { Lab, Vm } from '../../state'
import type { Kube } from '../kube'
import { MEMBERSHIP_PATH, type Membership } from '../membership'
import { writeRoot } from '../write-root'
import { fullToken } from './token'

const SERVER = '/var/lib/rancher/k3s/server'
const NODE_PASSWORD = '/etc/rancher/node/password'

/** The password by which a cluster knows this machine again; made when k3s starts for the first time. */
export function nodePassword(lab: Lab, vm: Vm): string {
  const there = readText(lab, vm, NODE_PASSWORD)?.trim()
  if (there) return there
  const made = randomHex(lab.state, 32)
  writeRoot(lab, vm, NODE_PASSWORD, `${made}\n`)
  return made
}

/** What k3s leaves on the disk of a member. */
export function settleMember(
  lab: Lab,
  vm: Vm,
  kube: Kube,
  membership: Omit<Membership, 'cluster'>,
): void {
  writeRoot(lab, vm, MEMBERSHIP_PATH, JSON.stringify({ cluster: kube.uid, ...membership }))
  writeRoot(lab, vm, '/var/lib/rancher/k3s/agent/server-ca.crt', kube.ca.caCert, 0o644)
  if (!membership.controlPlane || !kube.k3s) return
  const { serverToken, agentToken, sqlite } = kube.k3s
  writeRoot(lab, vm, '/etc/rancher/k3s/k3s.yaml', k3sConf(kube))
  writeRoot(lab, vm, `${SERVER}/tls/server-ca.crt`, kube.ca.caCert, 0o644)
  const server = `${fullToken(kube, 'server', serverToken)}\n`
  writeRoot(lab, vm, `${SERVER}/token`, server)
  writeRoot(lab, vm, `${SERVER}/node-token`, server)
  writeRoot(
    lab,
    vm,
    `${SERVER}/agent-token`,
    agentToken === '' ? server : `${fullToken(kube, 'node', agentToken)}\n`,
  )
  writeRoot(lab, vm, sqlite ? `${SERVER}/db/state.db` : `${SERVER}/db/etcd/member/snap/db`, '')
}

/** The kubeconfig that k3s writes for its own machine. */
const k3sConf = (kube: Kube): string =>
  stringify(
    {
      apiVersion: 'v1',
      clusters: [
        {
          cluster: {
            'certificate-authority-data': btoa(kube.ca.caCert),
            server: 'https://127.0.0.1:6443',
          },
          name: 'default',
        },
      ],
      contexts: [{ context: { cluster: 'default', user: 'default' }, name: 'default' }],
      'current-context': 'default',
      kind: 'Config',
      users: [
        {
          name: 'default',
          user: {
            'client-certificate-data': btoa(kube.ca.adminCert),
            'client-key-data': btoa(kube.ca.adminKey),
          },
        },
      ],
    },
    { lineWidth: 0 },
  )
