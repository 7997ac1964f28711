import { z } from 'zod'
import {
  about,
  DnsLabel,
  Gib,
  Id,
  Ipv4,
  Mac,
  Mbit,
  Mib,
  Mtu,
  mapOf,
  name,
  partsOf,
  refTo,
  SecretRef,
  storageRef,
  Text,
} from './common'

export const Storage = z.strictObject({
  kind: z
    .enum(['dir', 'lvmthin', 'lvm', 'zfspool', 'btrfs', 'nfs', 'cifs', 'rbd', 'cephfs', 'pbs'])
    .meta({ description: 'Proxmox storage type.' }),
  sizeGib: Gib.optional().meta({ description: 'Usable capacity in GiB.' }),
  thin: z.boolean().optional().meta({
    description:
      'Blocks are taken when they are written, so that more can be promised than there is; what its kind does by itself if absent (lvmthin, zfspool, btrfs, rbd: yes).',
  }),
  shared: z.boolean().optional().meta({
    description: 'The same storage on every host that has it; nfs, cifs, rbd, cephfs and pbs are.',
  }),
  content: z
    .array(z.enum(['images', 'iso', 'import', 'backup', 'snippets', 'vztmpl', 'rootdir']))
    .optional()
    .meta({ description: 'What Proxmox may keep on it.' }),
  disk: z
    .string()
    .optional()
    .meta({ description: 'Physical disk it lives on; storages with the same disk fail together.' }),
  moreDisks: z
    .array(z.string())
    .optional()
    .meta({ description: 'Further physical disks below it: a mirror, RAIDZ or RAID 5.' }),
  spareDisks: z.number().int().nonnegative().optional().meta({
    description:
      'How many of its disks may die without loss: 1 for a mirror of two, RAIDZ1 and RAID 5; 0 if absent.',
  }),
  servedBy: refTo('places').optional().meta({
    description:
      'Host, VM or unmanaged guest that serves a shared storage (nfs, cifs, pbs); elsewhere if absent.',
  }),
})
export type Storage = z.infer<typeof Storage>

export const Bridge = z.strictObject({
  vlanAware: z.boolean().optional(),
  nic: z.string().optional().meta({ description: 'Physical port below it.' }),
  mtu: Mtu.optional(),
})

export const Host = z.strictObject({
  name,
  about,
  role: z.enum(['proxmox', 'panel', 'other']).meta({
    description:
      'A Proxmox VE machine, the box that the panel itself runs on, or another machine that is only told of.',
  }),
  runsOn: refTo('places').optional().meta({
    description: 'Guest that it is, such as a panel in a container; a box of its own if absent.',
  }),
  model: Text.optional(),
  site: refTo('sites').optional().meta({ description: 'Where it stands.' }),
  connection: refTo('connections').optional().meta({
    description: 'Id of the panel connection that reaches it. Only for role proxmox.',
  }),
  node: DnsLabel.optional().meta({
    description: "Proxmox's own name of the node; the id if absent.",
  }),
  version: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,2}){0,2}$/, 'write a version such as 8.4 or 9.1')
    .optional()
    .meta({
      description: 'Proxmox VE that it runs, for dates of support; read from it if absent.',
    }),
  address: Ipv4.optional().meta({ description: 'Management address.' }),
  network: refTo('networks').optional().meta({ description: 'Network of the management address.' }),
  cpuThreads: z.number().int().positive().optional(),
  reserveThreads: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'CPU threads kept for Proxmox itself and unmanaged guests.' }),
  memoryMib: Mib.optional(),
  reserveMemoryMib: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'Kept for Proxmox itself and unmanaged guests.' }),
  diskGib: Gib.optional().meta({ description: 'Raw capacity where storages are not written.' }),
  disks: partsOf(
    z.strictObject({
      kind: z.enum(['nvme', 'ssd', 'hdd', 'sd-card']),
      sizeGib: Gib.optional(),
      model: Text.optional(),
      powerLossProtection: z
        .boolean()
        .optional()
        .meta({ description: 'Has capacitors: what etcd and Ceph need to write fast.' }),
    }),
  ).meta({ description: 'Physical disks, by the name that storages give as their disk.' }),
  storages: partsOf(Storage),
  nics: partsOf(
    z.strictObject({
      speedMbit: Mbit.optional(),
      mac: Mac.optional(),
      model: Text.optional(),
    }),
  ).meta({ description: 'Physical ports, by the name that bridges give as their port.' }),
  bridges: partsOf(Bridge),
  gpus: mapOf(
    z.strictObject({
      model: Text,
      pci: z.string().optional(),
      mapping: z
        .string()
        .optional()
        .meta({ description: 'Name of the PCI mapping in Proxmox; an API token needs one.' }),
    }),
  ),
  devices: mapOf(
    z.strictObject({
      kind: z.enum(['hba', 'nic', 'accelerator', 'usb-controller', 'usb', 'other']),
      model: Text.optional(),
      pci: z.string().optional().meta({ description: 'Such as 0000:01:00.0.' }),
      usb: z
        .string()
        .regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'write vendor and product as lsusb does: 10c4:ea60')
        .optional()
        .meta({ description: 'Of kind usb: vendor and product, such as 10c4:ea60.' }),
      mapping: z.string().optional().meta({ description: 'Name of the PCI mapping in Proxmox.' }),
    }),
  ).meta({ description: 'Other PCI devices, and USB sticks, that can be passed to a guest.' }),
  bmc: z
    .strictObject({
      kind: z.enum(['ipmi', 'redfish', 'amt', 'pikvm', 'smart-plug']),
      address: Ipv4.optional(),
      network: refTo('networks').optional(),
      user: Text.optional(),
      password: SecretRef.optional(),
    })
    .optional()
    .meta({ description: 'How it is switched on and seen when its system does not answer.' }),
  power: z
    .strictObject({
      ups: refTo('ups').optional(),
      watts: z.number().int().positive().optional().meta({ description: 'Drawn under load.' }),
      wakeOnLan: z.boolean().optional(),
      afterPowerLoss: z
        .enum(['on', 'off', 'last'])
        .optional()
        .meta({ description: 'What its firmware does when power comes back.' }),
    })
    .optional(),
  failureDomain: Id.optional().meta({
    description: 'What fails together; the host itself if absent.',
  }),
})
export type Host = z.infer<typeof Host>

export const Ups = z.strictObject({
  name,
  about,
  model: Text.optional(),
  capacityVa: z.number().int().positive().optional(),
  runtimeMin: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: 'Minutes that its battery lasts under the load it has.' }),
  host: refTo('machines')
    .optional()
    .meta({ description: 'Where its data cable ends (NUT server).' }),
  feeds: z.array(refTo('machines')).optional().meta({ description: 'What hangs on it.' }),
  address: Ipv4.optional().meta({ description: 'Of its network card (SNMP), where it has one.' }),
  network: refTo('networks').optional(),
})
export type Ups = z.infer<typeof Ups>

/** A guest that is not ours: shown, counted, never touched. */
export const UnmanagedGuest = z.strictObject({
  name,
  about,
  kind: z.enum(['vm', 'lxc']),
  host: refTo('hosts').optional(),
  vmid: z.number().int().min(100).max(999_999_999).optional(),
  cpus: z.number().int().min(1).optional(),
  memoryMib: Mib.optional(),
  disks: mapOf(z.strictObject({ storage: storageRef.optional(), sizeGib: Gib })),
  addresses: z.array(Ipv4).optional(),
  network: refTo('networks').optional(),
  gpus: z.array(refTo('gpus')).optional().meta({ description: "The host's GPUs that it has." }),
  devices: z
    .array(refTo('devices'))
    .optional()
    .meta({ description: "The host's other PCI devices and USB sticks that it has." }),
})
export type UnmanagedGuest = z.infer<typeof UnmanagedGuest>
