import * as answers from './answers'
import type { Ask } from './client'
import { multipartFile } from './multipart'
import type { Proxmox } from './proxmox'
import type { Call } from './transport'

type NodeCalls = Pick<
  Proxmox,
  | 'nodes'
  | 'nodeStatus'
  | 'bridges'
  | 'bridgeStatus'
  | 'dns'
  | 'storages'
  | 'content'
  | 'upload'
  | 'downloadUrl'
  | 'deleteVolume'
  | 'listGuests'
>

const GIB = 2 ** 30
const MIB = 2 ** 20
const e = encodeURIComponent
const get = (path: string, what: string, query?: Call['query']): Call => ({
  method: 'GET',
  path,
  what,
  query,
})

/** Rounded to a tenth, so that a page and a plan do not flicker over bytes. */
const toGib = (bytes: number) => Math.round((bytes / GIB) * 10) / 10
const toMib = (bytes: number) => Math.round(bytes / MIB)

/** Nodes, their storages and what is on them. */
export function nodeCalls(ask: Ask): NodeCalls {
  return {
    async nodes() {
      const list = await ask(answers.Nodes, get('/nodes', 'List the nodes'))
      return list.map(({ node, status }) => ({ node, online: status !== 'offline' }))
    },
    async nodeStatus(node) {
      const status = await ask(
        answers.Node,
        get(`/nodes/${e(node)}/status`, `Read the state of ${node}`),
      )
      return {
        // `pve-manager/8.4.21/2606ac850d46da29`
        version: status.pveversion?.split('/')[1] ?? '',
        cpuThreads: status.cpuinfo?.cpus ?? 0,
        memoryMib: toMib(status.memory?.total ?? 0),
        memoryUsedMib: toMib(status.memory?.used ?? 0),
        uptimeS: status.uptime ?? 0,
        cpuLoad: status.cpu ?? 0,
        cpuModel: status.cpuinfo?.model ?? null,
        cpuFlags: status.cpuinfo?.flags ?? '',
      }
    },
    ...networkCalls(ask),
    ...storageCalls(ask),
    async listGuests(node) {
      const [machines, containers] = await Promise.all([
        ask(answers.Guests, get(`/nodes/${e(node)}/qemu`, `List the VMs of ${node}`)),
        ask(answers.Guests, get(`/nodes/${e(node)}/lxc`, `List the containers of ${node}`)),
      ])
      return [
        ...machines.map((guest) => toGuest(guest, 'qemu')),
        ...containers.map((guest) => toGuest(guest, 'lxc')),
      ].toSorted((a, b) => a.vmid - b.vmid)
    },
  }
}

function networkCalls(ask: Ask): Pick<NodeCalls, 'bridges' | 'bridgeStatus' | 'dns'> {
  const listBridges = async (node: string) => {
    const list = await ask(
      answers.Interfaces,
      get(`/nodes/${e(node)}/network`, `List the networks of ${node}`),
    )
    return list
      .filter(({ type }) => type === 'bridge' || type === 'OVSBridge')
      .toSorted((a, b) => (a.iface < b.iface ? -1 : 1))
  }
  return {
    bridges: async (node) => (await listBridges(node)).map(({ iface }) => iface),
    async bridgeStatus(node) {
      const list = await listBridges(node)
      return list.map(({ iface, type, cidr, gateway, bridge_vlan_aware }) => ({
        bridge: iface,
        // Open vSwitch passes tags without being told.
        vlanAware: bridge_vlan_aware || type === 'OVSBridge',
        ...{ cidr, gateway },
      }))
    },
    async dns(node) {
      const { search, dns1, dns2, dns3 } = await ask(
        answers.Dns,
        get(`/nodes/${e(node)}/dns`, `Read the resolvers of ${node}`),
      )
      return { search, servers: [dns1, dns2, dns3].filter((server) => server !== null) }
    },
  }
}

function storageCalls(
  ask: Ask,
): Pick<NodeCalls, 'storages' | 'content' | 'upload' | 'downloadUrl' | 'deleteVolume'> {
  const at = (node: string, storage: string) => `/nodes/${e(node)}/storage/${e(storage)}`
  return {
    async storages(node) {
      const list = await ask(
        answers.Storages,
        get(`/nodes/${e(node)}/storage`, `List the storages of ${node}`),
      )
      return list.map(({ storage, type, content, active, shared, total, used }) => ({
        storage,
        type,
        content: content.split(',').filter(Boolean).toSorted(),
        active,
        shared,
        totalGib: toGib(total),
        usedGib: toGib(used),
      }))
    },
    async content(node, storage, kind) {
      const list = await ask(
        answers.Content,
        get(`${at(node, storage)}/content`, `List what ${storage} holds`, { content: kind }),
      )
      return list.map(({ volid, content, format, size, vmid }) => ({
        volid,
        content,
        format,
        sizeBytes: size,
        vmid,
      }))
    },
    upload: (node, storage, file, signal) =>
      ask(answers.TaskId, {
        method: 'POST',
        path: `${at(node, storage)}/upload`,
        what: `Upload ${file.name} to ${storage}`,
        multipart: multipartFile({ content: file.kind }, file.name, file.content),
        signal,
        timeoutMs: 30 * 60_000,
      }),
    downloadUrl: (node, storage, { kind, name, url, sha256 }) =>
      ask(answers.TaskId, {
        method: 'POST',
        path: `${at(node, storage)}/download-url`,
        what: `Download ${name} to ${storage}`,
        body: {
          content: kind,
          filename: name,
          url,
          checksum: sha256,
          'checksum-algorithm': sha256 === null ? null : 'sha256',
        },
      }),
    deleteVolume: (node, volid) =>
      ask(answers.MaybeTaskId, {
        method: 'DELETE',
        path: `${at(node, volid.split(':')[0] ?? '')}/content/${e(volid)}`,
        what: `Delete ${volid}`,
      }),
  }
}

function toGuest(
  guest: (typeof answers.Guests)['_output'][number],
  kind: 'qemu' | 'lxc',
): Awaited<ReturnType<Proxmox['listGuests']>>[number] {
  return {
    vmid: guest.vmid,
    name: guest.name ?? `VM ${guest.vmid}`,
    kind,
    running: guest.status === 'running',
    template: guest.template,
    lock: guest.lock,
    cpus: guest.cpus,
    memoryMib: toMib(guest.maxmem),
    diskGib: toGib(guest.maxdisk),
    tags: splitTags(guest.tags),
  }
}

/** PVE separates tags by `;`, `,` or blanks and keeps them in the order given. */
export const splitTags = (tags: string | undefined): string[] =>
  (tags ?? '')
    .split(/[;, ]+/)
    .filter(Boolean)
    .toSorted()
