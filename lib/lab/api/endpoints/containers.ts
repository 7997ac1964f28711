import { mayDo } from '../../access'
import { configDigest, getVm, typedConfig } from '../../vm/config'
import { containerCards } from '../../vm/net'
import { vmFigures } from '../../vm/status'
import { endpoint } from '../endpoint'

/** Containers can be seen, so that what is not ours is visible; this lab makes none. */
export const containerEndpoints = [
  endpoint('GET /nodes/{node}/lxc', {}, ({ lab, params, caller }) => ({
    data: Object.values(lab.state.vms)
      .filter((vm) => vm.kind === 'lxc' && vm.node === params.node)
      .filter((vm) => mayDo(lab.state, caller, `/vms/${vm.vmid}`, 'VM.Audit'))
      .map((vm) => ({ ...vmFigures(lab, vm), type: 'lxc' })),
  })),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/config',
    { need: 'VM.Audit on /vms/{vmid}', params: 'current?:bool snapshot?:configid' },
    ({ lab, params }) => {
      const vm = getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')
      return { data: { ...typedConfig(vm.config), digest: configDigest(vm) } }
    },
  ),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/status/current',
    { need: 'VM.Audit on /vms/{vmid}' },
    ({ lab, params }) => ({
      data: {
        ...vmFigures(lab, getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')),
        ha: { managed: 0 },
        type: 'lxc',
      },
    }),
  ),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/interfaces',
    { need: 'VM.Audit on /vms/{vmid}' },
    ({ lab, params }) => {
      const vm = getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')
      return { data: vm.running ? [LOOPBACK, ...containerCards(vm).map(shown)] : [] }
    },
  ),
]

const LOOPBACK = { name: 'lo', hwaddr: '00:00:00:00:00:00', inet: '127.0.0.1/8' }

const shown = ({ name, mac, cidr }: ReturnType<typeof containerCards>[number]) => ({
  name,
  hwaddr: mac.toLowerCase(),
  ...(cidr === null ? {} : { inet: cidr }),
})
