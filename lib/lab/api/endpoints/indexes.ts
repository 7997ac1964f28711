import { type Endpoint, endpoint } from '../endpoint'

/** Folders of the API: what a client sees that walks it. The key of each row, then the names. */
const FOLDERS: Readonly<Record<string, string>> = {
  '/': 'subdir access cluster nodes pools storage version',
  '/access': 'subdir acl domains groups openid password permissions roles tfa ticket users',
  '/nodes/{node}/qemu/{vmid}/status':
    'subdir current start stop reset shutdown suspend resume reboot',
  '/nodes/{node}/qemu/{vmid}/firewall': 'name rules aliases ipset refs options log',
  '/nodes/{node}/lxc/{vmid}':
    'subdir config pending status vncproxy termproxy rrd rrddata firewall snapshot resize interfaces',
  '/nodes/{node}/lxc/{vmid}/status': 'subdir current start stop shutdown reboot',
  '/nodes/{node}/firewall': 'name rules options log',
  '/nodes/{node}/storage/{storage}':
    'subdir content download-url file-restore prunebackups rrd rrddata status upload',
  '/nodes/{node}/capabilities': 'name qemu',
  '/nodes/{node}/scan': 'method cifs iscsi lvm lvmthin nfs pbs zfs',
  '/cluster/config': 'name apiversion join nodes qdevice totem',
  '/cluster/jobs': 'subdir schedule-analyze',
  '/cluster/metrics': 'name server',
  '/cluster/acme': 'name account challenge-schema directories plugins tos',
}

/** Lists that are empty on a host on which nobody has set such a thing up. */
const EMPTY = [
  '/cluster/replication',
  '/cluster/metrics/server',
  '/cluster/acme/account',
  '/cluster/acme/plugins',
  '/nodes/{node}/replication',
  '/nodes/{node}/aplinfo',
  '/nodes/{node}/netstat',
  '/nodes/{node}/scan/zfs',
]

export const indexEndpoints: Endpoint[] = [
  ...Object.entries(FOLDERS).map(([path, text]) => {
    const [key = 'subdir', ...names] = text.split(' ')
    return endpoint(`GET ${path}`, {}, () => ({ data: names.map((name) => ({ [key]: name })) }))
  }),
  ...EMPTY.map((path) => endpoint(`GET ${path}`, {}, () => ({ data: [] }))),
]
