import { beforeEach, expect, test } from 'vitest'
import { makeLab } from '../initial'
import { makeTemplate, makeVm, QEMU, type TestLab, testLab } from '../testing/test-lab'

const SECRET = '00000000-0000-4000-8000-000000000000'
const ROOT = 'root-password'
const now = { at: 0, wall: 1_795_000_000_000, speed: 1 }

/** A lab in the hands of root, who may do all that the panel's token may not. */
function rootOf(lab: TestLab) {
  const signedIn = lab.call('POST', '/access/ticket', { username: 'root@pam', password: ROOT })
  const { ticket, CSRFPreventionToken } = signedIn.data as Record<string, string>
  const auth = { token: null, ticket, csrf: CSRFPreventionToken }
  return (method: string, path: string, params: Record<string, unknown> = {}) =>
    lab.call(method, path, params, auth)
}

let lab: TestLab
let root: ReturnType<typeof rootOf>
const use = (shape: Parameters<typeof makeLab>[3] = {}) => {
  lab = testLab(makeLab(7, { tokenSecret: SECRET, rootPassword: ROOT }, now, shape))
  root = rootOf(lab)
}
beforeEach(() => use())

const NET = '/nodes/pve1/network'
type Row = Record<string, unknown>
const rows = (path: string, params = {}) => root('GET', path, params).data as Row[]
const bridges = () => rows(NET).map(({ iface }) => iface)

test('a bridge is staged with its diff, thrown away, staged again and there after a reload', () => {
  const wish = { iface: 'vmbr1', type: 'bridge', cidr: '10.9.0.1/24', autostart: '1' }
  root('POST', NET, wish)
  expect(JSON.parse(root('GET', NET).body ?? '{}').changes).toContain('+iface vmbr1 inet static')
  root('DELETE', NET)
  expect(bridges()).not.toContain('vmbr1')
  expect(root('GET', NET).body).not.toContain('changes')
  root('POST', NET, wish)
  makeVm(lab, 201, { net0: 'virtio,bridge=vmbr1' })
  const start = () => lab.finish(lab.call('POST', `${QEMU}/201/status/start`)).exit
  expect(start()).toBe('start failed: QEMU exited with code 1')
  expect(lab.finish(root('PUT', NET)).exit).toBe('OK')
  expect(rows(NET).find(({ iface }) => iface === 'vmbr1')).toMatchObject({ active: 1 })
  expect(start()).toBe('OK')
})

test('a reload takes along what somebody else staged', () => {
  root('POST', NET, { iface: 'vmbr8', type: 'bridge' })
  root('POST', NET, { iface: 'vmbr9', type: 'bridge' })
  lab.finish(root('PUT', '/cluster/sdn'))
  expect(lab.state.hosts.pve1?.bridges.map(({ name }) => name)).toEqual(['vmbr0', 'vmbr8', 'vmbr9'])
})

test('an SDN task ends well although one node did not reload: only the node tells', () => {
  use({ hosts: 3 })
  root('POST', '/cluster/sdn/zones', { zone: 'lan', type: 'vlan', bridge: 'vmbr0' })
  root('POST', '/cluster/sdn/vnets', { vnet: 'v20', zone: 'lan', tag: '20' })
  const pending = () => rows('/cluster/sdn/vnets', { pending: '1' })[0]
  expect(pending()).toMatchObject({ state: 'new', pending: { tag: 20, zone: 'lan' } })
  lab.state.faults.push({ id: 'f', kind: 'reload-fails', node: 'pve2' })
  const { exit, log } = lab.finish(root('PUT', '/cluster/sdn'))
  expect(exit).toBe('OK')
  expect(log).toContain("command 'pvesh set /nodes/pve2/network' failed: exit code 1")
  const status = (node: string) => rows(`/nodes/${node}/sdn/zones`)[0]?.status
  expect(['pve1', 'pve2', 'pve3'].map(status)).toEqual(['available', 'pending', 'available'])
  expect(pending()).not.toHaveProperty('state')
})

test('a lock of the SDN keeps others out until it is given back', () => {
  const token = root('POST', '/cluster/sdn/lock').data as string
  const zone = { zone: 'lan', type: 'simple' }
  expect(root('POST', '/cluster/sdn/zones', zone).status).toBe(500)
  expect(root('POST', '/cluster/sdn/zones', { ...zone, 'lock-token': token }).status).toBe(200)
  expect(root('POST', '/cluster/sdn/rollback', { 'lock-token': token }).status).toBe(200)
  expect(rows('/cluster/sdn/zones')).toEqual([])
  use({ release: '8.4' })
  expect(root('POST', '/cluster/sdn/lock').status).toBe(501)
})

test('a backup brings a deleted VM back, disks and configuration', () => {
  makeTemplate(lab, 900)
  lab.finish(lab.call('POST', `${QEMU}/900/clone`, { newid: '201', full: '1', name: 'web' }))
  lab.call('PUT', `${QEMU}/201/config`, { cores: '3', description: 'ours' })
  const before = lab.call('GET', `${QEMU}/201/config`).data as Row
  const made = lab.finish(root('POST', '/nodes/pve1/vzdump', { vmid: '201', storage: 'local' }))
  expect(made.exit).toBe('OK')
  const [backup] = rows('/nodes/pve1/storage/local/content', { content: 'backup' })
  expect(backup).toMatchObject({ vmid: 201, subtype: 'qemu' })
  lab.finish(root('DELETE', `${QEMU}/201`))
  const restored = root('POST', QEMU, { vmid: '201', archive: backup?.volid, storage: 'local-lvm' })
  expect(lab.finish(restored).exit).toBe('OK')
  const { digest: _digest, ...after } = lab.call('GET', `${QEMU}/201/config`).data as Row
  expect(before).toMatchObject(after)
  lab.finish(lab.call('POST', `${QEMU}/201/status/start`))
  lab.wait(60_000)
  expect(lab.state.vms[201]?.guest?.phase).toBe('up')
})

test('a backup takes the place of a stopped guest only when it is told to', () => {
  makeVm(lab, 201, { cores: '1' })
  lab.finish(root('POST', '/nodes/pve1/vzdump', { vmid: '201', storage: 'local' }))
  const [backup] = rows('/nodes/pve1/storage/local/content', { content: 'backup' })
  root('PUT', `${QEMU}/201/config`, { cores: '4' })
  const restore = (more = {}) =>
    root('POST', QEMU, { vmid: '201', archive: backup?.volid, ...more })
  expect(restore().reason).toBe("unable to restore VM 201 - VM 201 already exists on node 'pve1'")
  lab.finish(lab.call('POST', `${QEMU}/201/status/start`))
  expect(restore({ force: '1' }).reason).toBe('unable to restore VM 201 - vm is running')
  lab.finish(lab.call('POST', `${QEMU}/201/status/stop`))
  expect(lab.finish(restore({ force: '1' })).exit).toBe('OK')
  expect(root('GET', `${QEMU}/201/config`).data).toMatchObject({ cores: 1 })
  expect(rows('/nodes/pve1/storage/local-lvm/content', { vmid: '201' })).toHaveLength(1)
})

test('one guest that cannot be backed up fails the whole task, and the others are kept', () => {
  makeVm(lab, 201)
  const made = lab.finish(root('POST', '/nodes/pve1/vzdump', { vmid: '999,201', storage: 'local' }))
  expect(made.exit).toBe('job errors')
  expect(made.log).toContain("ERROR: Backup of VM 999 failed - unable to find VM '999'")
  expect(rows('/nodes/pve1/storage/local/content', { content: 'backup' })).toHaveLength(1)
})

test('purge takes a guest out of its backup job, and not-backed-up shows it once it is back', () => {
  makeVm(lab, 201)
  root('POST', '/cluster/backup', { schedule: 'sun 02:00', storage: 'local', vmid: '201' })
  const bare = () => rows('/cluster/backup-info/not-backed-up').map(({ vmid }) => vmid)
  expect(bare()).not.toContain(201)
  lab.finish(root('DELETE', `${QEMU}/201`, { purge: '1' }))
  makeVm(lab, 201)
  expect(bare()).toContain(201)
  expect(rows('/cluster/backup')).toEqual([])
})

test('pruning removes what the list marks and leaves what is protected', () => {
  makeVm(lab, 201)
  for (let count = 0; count < 3; count += 1) {
    lab.wait(90_000_000)
    root = rootOf(lab)
    lab.finish(root('POST', '/nodes/pve1/vzdump', { vmid: '201', storage: 'local' }))
  }
  const path = '/nodes/pve1/storage/local'
  const [oldest] = rows(`${path}/content`, { content: 'backup' })
  root('PUT', `${path}/content/${oldest?.volid}`, { protected: '1' })
  const keep = { 'prune-backups': 'keep-last=1' }
  expect(rows(`${path}/prunebackups`, keep).map(({ mark }) => mark)).toEqual([
    ...['protected', 'remove', 'keep'],
  ])
  lab.finish(root('DELETE', `${path}/prunebackups`, keep))
  expect(rows(`${path}/content`, { content: 'backup' })).toHaveLength(2)
})

test('a guest of HA is started by the manager, and not deleted without purge', () => {
  makeVm(lab, 201)
  root('POST', '/cluster/ha/resources', { sid: 'vm:201', state: 'stopped' })
  const { exit, log } = lab.finish(root('POST', `${QEMU}/201/status/start`))
  expect({ exit, first: log[0] }).toEqual({ exit: 'OK', first: 'Requesting HA start for VM 201' })
  expect(lab.state.vms[201]?.running).toBe(true)
  root('POST', `${QEMU}/201/status/stop`)
  lab.wait(10_000)
  expect(root('DELETE', `${QEMU}/201`).reason).toContain('used in HA resources')
  expect(lab.finish(root('DELETE', `${QEMU}/201`, { purge: '1' })).exit).toBe('OK')
  expect(rows('/cluster/ha/resources')).toEqual([])
})

test('8.4 has groups and no rules, 9 has rules and refuses groups', () => {
  const group = { group: 'gg', nodes: 'pve1' }
  const rule = { rule: 'rr', type: 'resource-affinity', resources: 'vm:101', affinity: 'negative' }
  expect(root('POST', '/cluster/ha/groups', group).reason).toContain('migrated to rules')
  expect(root('POST', '/cluster/ha/rules', rule).status).toBe(200)
  use({ release: '8.4' })
  expect(root('POST', '/cluster/ha/groups', group).status).toBe(200)
  expect(root('POST', '/cluster/ha/rules', rule).status).toBe(501)
})

test('rules of a firewall go to the top, move, and are refused when somebody else changed them', () => {
  const path = '/cluster/firewall/rules'
  for (const comment of ['c', 'b', 'a'])
    root('POST', path, { type: 'in', action: 'ACCEPT', comment, enable: '1' })
  const order = () => rows(path).map(({ comment }) => comment)
  expect(order()).toEqual(['a', 'b', 'c'])
  const { digest } = rows(path)[0] as { digest: string }
  root('PUT', `${path}/0`, { moveto: '3' })
  expect(order()).toEqual(['b', 'c', 'a'])
  expect(root('DELETE', `${path}/0`, { digest }).status).toBe(500)
  expect(order()).toHaveLength(3)
})

test('a mapped device has to be there, and is passed through by its name', () => {
  makeVm(lab, 201, { hostpci0: 'mapping=gpu,pcie=1' })
  const start = () => lab.finish(lab.call('POST', `${QEMU}/201/status/start`)).exit
  expect(start()).toBe("PCI device mapping not found for 'gpu'")
  root('POST', '/cluster/mapping/pci', { id: 'gpu', map: 'node=pve1,path=0000:01:00,id=10de:2704' })
  expect(start()).toBe('OK')
})

test('with one of three hosts down the cluster writes, with two it does not, and then it does again', () => {
  use({ hosts: 3 })
  makeVm(lab, 201)
  const down = (node: string) => ({ id: node, kind: 'host-down', node, how: 'no-route' }) as const
  const start = () => lab.call('POST', `${QEMU}/201/status/start`)
  lab.state.faults = [down('pve3')]
  expect(root('GET', '/nodes/pve3/status')).toMatchObject({
    status: 595,
    reason: 'No route to host',
  })
  expect(rows('/cluster/status')[0]).toMatchObject({ quorate: 1, nodes: 3 })
  lab.state.faults = [down('pve2'), down('pve3')]
  expect(start()).toMatchObject({ status: 500, reason: 'cluster not ready - no quorum?' })
  expect(root('PUT', `${QEMU}/201/config`, { cores: '2' }).reason).toMatch(/Permission denied$/)
  lab.state.faults = []
  expect(lab.finish(start()).exit).toBe('OK')
})

test('what a task writes to a configuration fails inside it when quorum is lost meanwhile', () => {
  use({ hosts: 3 })
  makeVm(lab, 201)
  const snapshot = lab.call('POST', `${QEMU}/201/snapshot`, { snapname: 'before' })
  lab.state.faults = [{ id: 'q', kind: 'no-quorum' }]
  expect(lab.finish(snapshot).exit).toMatch(/201\.conf\.tmp\.\d+' - Permission denied$/)
  expect(lab.finish(lab.call('DELETE', `${QEMU}/201`)).exit).toMatch(/Permission denied$/)
  expect(lab.state.vms[201]?.snapshots).toEqual({})
})

test('a VM on shared storage is cloned to another host and moves; a local disk has to be named', () => {
  use({ hosts: 3 })
  makeVm(lab, 201, { scsi0: 'nas:8' })
  const clone = { newid: '202', full: '1', target: 'pve2' }
  expect(lab.finish(root('POST', `${QEMU}/201/clone`, clone)).exit).toBe('OK')
  expect(lab.finish(root('POST', '/nodes/pve2/qemu/202/status/start')).exit).toBe('OK')
  const move = '/nodes/pve2/qemu/202/migrate'
  expect(root('POST', move, { target: 'pve3' }).reason).toBe(
    "can't migrate running VM without --online",
  )
  expect(lab.finish(root('POST', move, { target: 'pve3', online: '1' })).exit).toBe('OK')
  expect(lab.state.vms[202]).toMatchObject({ node: 'pve3', running: true })
  makeVm(lab, 203)
  lab.finish(root('POST', `${QEMU}/203/status/start`))
  const live = { target: 'pve2', online: '1' }
  expect(root('POST', `${QEMU}/203/migrate`, live).reason).toContain('with-local-disks')
  const whole = { ...live, 'with-local-disks': '1' }
  expect(lab.finish(root('POST', `${QEMU}/203/migrate`, whole)).exit).toBe('OK')
  expect(lab.finish(root('POST', '/nodes/pve2/qemu/203/status/stop')).exit).toBe('OK')
  expect(lab.finish(root('DELETE', '/nodes/pve2/qemu/203')).exit).toBe('OK')
})

test('a container that is there is switched off and on, and takes a description', () => {
  const path = '/nodes/pve1/lxc/100'
  const power = (verb: string) => lab.finish(lab.call('POST', `${path}/status/${verb}`)).exit
  expect([power('start'), power('stop'), power('stop'), power('start')]).toEqual([
    ...['CT 100 already running', 'OK', 'CT 100 not running', 'OK'],
  ])
  expect(root('PUT', `${path}/config`, { description: 'ours' }).status).toBe(200)
  expect(root('GET', `${path}/config`).data).toMatchObject({ description: 'ours' })
})

test('privileges of a group count, and a token keeps to its own', () => {
  root('POST', '/access/groups', { groupid: 'ops' })
  root('POST', '/access/users', { userid: 'ann@pve', password: 'secret-word', groups: 'ops' })
  root('PUT', '/access/acl', { path: '/vms', roles: 'PVEVMUser', groups: 'ops' })
  const { data } = root('POST', '/access/users/ann@pve/token/t1', {})
  const { value } = data as { value: string }
  const seen = (auth: object) => lab.call('GET', `${QEMU}/101/config`, {}, auth).status
  expect(seen({ token: `ann@pve!t1=${value}` })).toBe(403)
  root('PUT', '/access/users/ann@pve/token/t1', { privsep: '0' })
  expect(seen({ token: `ann@pve!t1=${value}` })).toBe(200)
  root('DELETE', '/access/users/ann@pve')
  expect(seen({ token: `ann@pve!t1=${value}` })).toBe(401)
})

test('the role of 9 is not to be had on 8.4, and the other way round', () => {
  const role = (privs: string) => root('POST', '/access/roles', { roleid: privs, privs }).status
  expect([role('VM.Monitor'), role('VM.GuestAgent.Audit')]).toEqual([400, 200])
  use({ release: '8.4' })
  expect([role('VM.Monitor'), role('VM.GuestAgent.Audit')]).toEqual([200, 400])
})

test('a lab that was saved before all this goes on', () => {
  const old = JSON.parse(JSON.stringify(lab.state)) as Record<string, unknown>
  for (const key of ['cluster', 'sdn', 'pools', 'ha', 'firewalls', 'firewallGroups', 'backupJobs'])
    delete old[key]
  for (const host of Object.values(old.hosts as Record<string, Row>)) delete host.network
  lab = testLab(old as never)
  root = rootOf(lab)
  expect(bridges()).toEqual(['enp5s0', 'vmbr0'])
  for (const path of ['/pools', '/cluster/ha/resources', '/cluster/sdn/zones', '/cluster/backup'])
    expect(rows(path)).toEqual([])
  expect(root('GET', '/version').data).toMatchObject({ release: '9.0' })
})
