import { z } from 'zod'
import { flag, nullable, num, text } from './answer-values'

// What PVE's answers hold, as far as it is used. Extra fields are ignored.

export const Version = z.object({ version: text, release: text })
export const Nodes = z.array(z.object({ node: z.string(), status: z.string().optional() }))

export const Node = z.object({
  pveversion: z.string().optional(),
  cpuinfo: z
    .object({ cpus: num.optional(), model: z.string().optional(), flags: z.string().optional() })
    .optional(),
  memory: z.object({ total: num, used: num }).optional(),
  uptime: num.optional(),
  cpu: num.optional(),
})

export const Storages = z.array(
  z.object({
    storage: z.string(),
    type: z.string(),
    content: z.string().default(''),
    active: flag,
    enabled: flag,
    shared: flag,
    total: num.default(0),
    used: num.default(0),
  }),
)

export const Content = z.array(
  z.object({
    volid: z.string(),
    content: z.string(),
    format: z.string().default(''),
    size: num.default(0),
    vmid: nullable(num),
  }),
)

export const Interfaces = z.array(
  z.object({
    iface: z.string(),
    type: z.string().optional(),
    cidr: nullable(z.string()),
    gateway: nullable(z.string()),
    bridge_vlan_aware: flag,
  }),
)

/** `dns1` to `dns3` as the node's resolv.conf has them. */
export const Dns = z.object({
  search: nullable(z.string()),
  dns1: nullable(z.string()),
  dns2: nullable(z.string()),
  dns3: nullable(z.string()),
})

export const Guests = z.array(
  z.object({
    vmid: num,
    name: z.string().optional(),
    status: z.string(),
    template: flag,
    lock: nullable(z.string()),
    cpus: num.default(0),
    maxmem: num.default(0),
    maxdisk: num.default(0),
    tags: z.string().optional(),
  }),
)

export const Status = z.object({
  vmid: num.optional(),
  name: z.string().optional(),
  status: z.string(),
  qmpstatus: z.string().optional(),
  lock: nullable(z.string()),
  template: flag,
  uptime: num.default(0),
  pid: nullable(num),
  cpu: num.default(0),
  mem: num.default(0),
})

export const Config = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

export const Pending = z.array(
  z.object({
    key: z.string(),
    value: nullable(text),
    pending: nullable(text),
    delete: flag,
  }),
)

export const Snapshots = z.array(
  z.object({
    name: z.string(),
    description: z.string().default(''),
    snaptime: nullable(num),
    parent: nullable(z.string()),
    vmstate: flag,
  }),
)

export const Task = z.object({
  status: z.string(),
  exitstatus: nullable(z.string()),
  type: z.string(),
  id: nullable(text),
})

export const Tasks = z.array(
  z.object({
    upid: z.string(),
    type: z.string(),
    id: nullable(text),
    status: nullable(z.string()),
    endtime: nullable(num),
    starttime: num,
    user: z.string().default(''),
  }),
)

/** An array, or a single object where the log vanished (Tools.pm:1429). */
export const TaskLog = z
  .union([z.array(z.object({ n: num, t: z.string() })), z.object({}).transform(() => [])])
  .nullable()
  .transform((lines) => lines ?? [])

export const AgentInterfaces = z.object({
  result: z.array(
    z.object({
      name: z.string(),
      'hardware-address': z.string().optional(),
      'ip-addresses': z.array(z.object({ 'ip-address': z.string() })).optional(),
    }),
  ),
})

/** PVE 8 GET /nodes/{node}/lxc/{vmid}/interfaces; newer versions add the agent's form beside it. */
export const ContainerInterfaces = z.array(
  z.object({
    name: z.string(),
    hwaddr: z.string().optional(),
    inet: z.string().optional(),
    'ip-addresses': z.array(z.object({ 'ip-address': z.string() })).optional(),
  }),
)

export const ExecStarted = z.object({ pid: num })
export const ExecStatus = z.object({
  exited: flag,
  exitcode: nullable(num),
  signal: nullable(num),
  'out-data': z.string().default(''),
  'err-data': z.string().default(''),
})

/** Privileges by path; a value of 0 still grants, it only is not inherited. */
export const Permissions = z.record(z.string(), z.record(z.string(), z.unknown()))

export const TaskId = z.string()
/** Where a call has a task in one version and none in another. */
export const MaybeTaskId = z.string().nullable()
export const Nothing = z.unknown()
