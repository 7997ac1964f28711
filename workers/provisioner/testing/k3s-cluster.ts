import { TWO_VMS } from './two-vms'

/** A machine of {@link k3sCluster}. */
export const machine = (id: string, role: string) => `  ${id}:
    role: ${role}
    host: pve1
    template: jammy
    size: small
    nics: { lan: { network: lan, pool: machines } }
    disks: { root: { kind: system } }
`

type Wish = { servers: readonly string[]; agents: readonly string[]; more?: string; front?: string }

/** For tests: a cluster of k3s with these machines; `more` is what else its document says. */
export function k3sCluster({ servers, agents, more = '', front }: Wish): string {
  const head = TWO_VMS.slice(0, TWO_VMS.indexOf('vms:\n'))
    .replace('diskGib: 20', 'diskGib: 40')
    .replace('gateway: 10.9.0.1', 'gateway: 10.9.0.1, dns: [1.1.1.1]')
  return `${head}vms:
${front === undefined ? '' : machine(front, 'load-balancer')}${servers.map((id) => machine(id, 'control-plane')).join('')}${agents.map((id) => machine(id, 'worker')).join('')}clusters:
  edge:
    kubernetes: "1.36"
    distribution: k3s
    podCidr: 10.245.0.0/16
    serviceCidr: 10.97.0.0/16
    endpoint: { name: api.edge.home.arpa, port: 6443 }
    controlPlanes: [${servers.join(', ')}]
    workers: [${agents.join(', ')}]
${front === undefined ? '' : `    loadBalancers: [${front}]\n`}${more}`
}
