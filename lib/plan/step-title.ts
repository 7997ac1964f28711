import type { StepArgs, StepKind } from './step'

const vm = ({ ref }: { ref: { name: string; vmid: number } }) => `${ref.name} (VMID ${ref.vmid})`

/** One imperative line for each kind of step, with its object. */
const TITLES: { [K in StepKind]: (args: StepArgs[K]) => string } = {
  'image.download': (a) => `Download ${a.url.split('/').at(-1)} to ${a.storage} on ${a.at.node}`,
  'template.create': (a) => `Create template builder ${vm(a)}`,
  'template.bake': (a) => `Boot ${vm(a)} once to bake packages in`,
  'template.seal': (a) => `Turn ${vm(a)} into a template`,
  'seed.upload': (a) => `Upload the first-boot seed of ${a.ref.name}`,
  'vm.clone': (a) => `Clone template ${a.templateVmid} to ${vm(a)}`,
  'vm.configure': (a) => `Configure ${vm(a)}`,
  'vm.adopt': (a) => `Mark ${vm(a)} as managed by this panel`,
  'vm.disks': (a) => `Make and grow the disks of ${a.ref.name}`,
  'vm.start': (a) => `Start ${a.ref.name}`,
  'vm.stop': (a) => `Stop ${a.ref.name}`,
  'vm.restart': (a) => `Restart ${a.ref.name}`,
  'vm.unprotect': (a) => `Lift the protection of ${vm(a)}`,
  'vm.delete': (a) => `Delete ${vm(a)}`,
  'seed.remove': (a) => `Remove the first-boot seed of ${a.ref.name}`,
  'disk.park': (a) => `Keep data disk ${a.serial} of ${a.ref.name} with ${a.holder.name}`,
  'disk.unpark': (a) => `Attach kept data disk ${a.serial} to ${a.ref.name}`,
  'disk.delete': (a) => `Delete data disk ${a.serial} of ${a.ref.name}`,
  'host.network': (a) => hostNetworkTitle(a),
  'sdn.network': (a) => sdnTitle(a),
  'firewall.vm': (a) =>
    a.rules.length === 0
      ? `Remove the firewall rules of ${vm(a)}`
      : `Write the firewall rules of ${vm(a)}`,
  'firewall.datacenter': (a) =>
    a.on
      ? `Switch on the firewall of ${a.connection} and watch it`
      : `Switch off the firewall of ${a.connection}`,
  'guest.ready': (a) => `Wait until ${a.guest.name} answers at ${a.guest.address}`,
  'guest.reach': (a) => `Check routes, DNS and time on ${a.guest.name}`,
  'guest.kernel': (a) => `Set kernel modules, sysctls and swap on ${a.guest.name}`,
  'guest.containerd': (a) => `Install the container runtime on ${a.guest.name}`,
  'guest.kube-packages': (a) => `Install Kubernetes ${a.version} packages on ${a.guest.name}`,
  'guest.k3s': (a) => `Install k3s ${a.release} on ${a.guest.name}`,
  'guest.haproxy': (a) => `Configure HAProxy on ${a.guest.name}`,
  'guest.nfs': (a) => `Export ${a.mount} from ${a.guest.name}`,
  'guest.data-disk': (a) => `Mount data disk ${a.serial} at ${a.mount} on ${a.guest.name}`,
  'k8s.init': (a) => `Initialise ${a.cluster.name} on ${a.guest.name}`,
  'k8s.join-control-plane': (a) => `Join control plane ${a.guest.name} to ${a.cluster.name}`,
  'k8s.join-worker': (a) => `Join worker ${a.guest.name} to ${a.cluster.name}`,
  'k3s.server': (a) => `Start the first k3s server of ${a.cluster.name} on ${a.guest.name}`,
  'k3s.join-server': (a) => `Join k3s server ${a.guest.name} to ${a.cluster.name}`,
  'k3s.join-agent': (a) => `Join k3s agent ${a.guest.name} to ${a.cluster.name}`,
  'k8s.kubeconfig': (a) => `Make the panel's access to ${a.cluster.name}`,
  'k8s.labels': (a) => `Label node ${a.node}`,
  'k8s.node-ready': (a) => `Wait until node ${a.node} is Ready`,
  'k8s.drain': (a) => `Drain node ${a.node}`,
  'k8s.remove-node': (a) => `Remove node ${a.node} from ${a.cluster.name}`,
  'k8s.uncordon': (a) => `Let pods back onto node ${a.node}`,
  'addon.install': (a) => `Install ${a.addOn} ${a.version} on ${a.cluster.name}`,
  'addon.resources': (a) => `Apply the resources of ${a.addOn} on ${a.cluster.name}`,
  'addon.remove': (a) => `Remove ${a.addOn} from ${a.cluster.name}`,
}

const names = (list: readonly string[]) => list.join(', ')

function hostNetworkTitle({ at, make, remove }: StepArgs['host.network']): string {
  const made = names(make.map(({ name }) => name))
  const gone = names(remove.map(({ name }) => name))
  if (made === '') return `Remove ${gone} from the network of ${at.node}`
  return `Set up ${made}${gone === '' ? '' : `, remove ${gone}`} in the network of ${at.node}`
}

function sdnTitle({ zones, vnets, remove }: StepArgs['sdn.network']): string {
  const made = names([...zones.map(({ zone }) => zone), ...vnets.map(({ vnet }) => vnet)])
  const gone = names([...remove.vnets.map(({ vnet }) => vnet), ...remove.zones])
  if (made === '') return `Remove ${gone || 'nothing'} from Proxmox's SDN and apply it`
  return `Set up ${made}${gone === '' ? '' : `, remove ${gone}`} in Proxmox's SDN and apply it`
}

/** What a step does, in one imperative line. */
export function stepTitle<K extends StepKind>(step: { kind: K; args: StepArgs[K] }): string {
  return TITLES[step.kind](step.args)
}

/** What a plan or job for a goal is called: `Deploy dark-knight`, `Rebuild k8s-worker-2`. */
export function goalTitle(
  goal: { kind: string; vm?: string; on?: boolean },
  names: { topology: string; vm(id: string): string },
): string {
  if (goal.kind === 'firewall')
    return `Switch the firewall of ${names.topology} ${goal.on === true ? 'on' : 'off'}`
  const verb = goal.kind.slice(0, 1).toUpperCase() + goal.kind.slice(1)
  return `${verb} ${goal.vm === undefined ? names.topology : names.vm(goal.vm)}`
}
