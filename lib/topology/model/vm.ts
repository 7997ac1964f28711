import { z } from 'zod'
import { about, Gib, Id, Ipv4, Mac, Mib, Mtu, mapOf, name, refTo, storageRef } from './common'

export const Size = z.strictObject({
  name,
  about,
  cpus: z.number().int().min(1).max(512).meta({ description: 'Virtual CPUs (cores, one socket).' }),
  memoryMib: Mib,
  diskGib: Gib.meta({ description: 'System disk.' }),
})
export type Size = z.infer<typeof Size>

export const Template = z.strictObject({
  name,
  about,
  vmid: z.number().int().min(100).max(999_999_999).optional(),
  host: refTo('hosts').optional().meta({
    description: 'Host that keeps it; the first Proxmox host if absent.',
  }),
  os: z.enum(['ubuntu', 'debian']),
  release: z
    .string()
    .meta({ description: 'Release as its distribution writes it, such as 22.04 or 12.' }),
  image: z
    .strictObject({
      url: z.url(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    })
    .optional(),
  packages: z
    .array(z.string())
    .optional()
    .meta({ description: 'Baked in, the guest agent included.' }),
  refreshDays: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: 'Older than this it is called stale; never if absent.' }),
  user: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,30}$/)
    .optional()
    .meta({ description: 'Login that the panel uses; "drawbridge" if absent.' }),
})
export type Template = z.infer<typeof Template>

export const Nic = z.strictObject({
  network: refTo('networks'),
  pool: refTo('pools').optional().meta({ description: 'Pool that its address comes from.' }),
  address: Ipv4.optional().meta({ description: 'Allocated once and written on save.' }),
  mac: Mac.optional().meta({ description: 'Allocated once and written on save.' }),
  model: z.enum(['virtio', 'e1000', 'e1000e', 'rtl8139', 'vmxnet3']).optional(),
  firewall: z.boolean().optional(),
  mtu: Mtu.optional(),
})
export type Nic = z.infer<typeof Nic>

export const Disk = z.strictObject({
  kind: z.enum(['system', 'data']).meta({
    description:
      'system: replaceable with the VM. data: kept on rebuild and, unless ticked, on destroy.',
  }),
  sizeGib: Gib.optional().meta({ description: "Absent on a system disk: the size's diskGib." }),
  storage: storageRef.optional().meta({ description: "Storage of the VM's host." }),
  slot: z
    .string()
    .regex(/^(scsi|virtio|sata|ide)([0-9]|[12][0-9]|30)$/, 'write a slot such as scsi0 or virtio1')
    .optional()
    .meta({
      description:
        'Where the disk of an adopted VM hangs; that is what it is known by. The panel gives its own disks a serial instead.',
    }),
  use: z
    .enum(['nfs', 'longhorn', 'plain'])
    .optional()
    .meta({ description: 'What a data disk is for.' }),
  mount: z
    .string()
    .regex(/^\/[\w./-]*$/)
    .optional(),
  discard: z.boolean().optional(),
  ssd: z.boolean().optional(),
  iothread: z.boolean().optional(),
})
export type Disk = z.infer<typeof Disk>

export const VmRole = z.enum(['control-plane', 'worker', 'load-balancer', 'nfs', 'plain'])
export type VmRole = z.infer<typeof VmRole>

export const Vm = z.strictObject({
  name,
  about,
  role: VmRole,
  host: refTo('hosts').optional(),
  vmid: z
    .number()
    .int()
    .min(100)
    .max(999_999_999)
    .optional()
    .meta({ description: 'Proxmox VMID. Allocated once and written on save.' }),
  template: refTo('templates').optional(),
  size: refTo('sizes').optional(),
  cpus: z.number().int().min(1).max(512).optional().meta({ description: 'Instead of the size.' }),
  memoryMib: Mib.optional().meta({ description: 'Instead of the size.' }),
  nics: mapOf(Nic).meta({ description: 'In order: net0, net1 ...' }),
  disks: mapOf(Disk).meta({
    description: 'In order: scsi0, scsi1 ... The first is the system disk.',
  }),
  cpuType: z.string().optional(),
  machine: z.enum(['q35', 'i440fx']).optional(),
  bios: z.enum(['seabios', 'ovmf']).optional(),
  agent: z.boolean().optional(),
  balloonMib: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: '0 switches ballooning off.' }),
  onBoot: z.boolean().optional(),
  startOrder: z.number().int().nonnegative().optional(),
  startDelayS: z.number().int().nonnegative().optional(),
  protection: z
    .boolean()
    .optional()
    .meta({ description: 'Proxmox refuses to delete it or its disks.' }),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/)).optional(),
  adopted: z.boolean().optional().meta({
    description:
      'Made outside of the panel and taken over: what is not written here stays as it is there, and the panel neither starts it nor logs in to it.',
  }),
  gpus: z.array(refTo('gpus')).optional().meta({ description: "The host's GPUs passed through." }),
  devices: z
    .array(refTo('devices'))
    .optional()
    .meta({ description: "The host's other PCI devices passed through." }),
  spread: Id.optional().meta({
    description: 'VMs with the same word are kept in different failure domains.',
  }),
  ha: z
    .strictObject({
      state: z.enum(['started', 'stopped', 'ignored']).optional(),
      hosts: z
        .array(refTo('hosts'))
        .optional()
        .meta({ description: 'Where it may run; every host of its Proxmox cluster if absent.' }),
      maxRestart: z.number().int().nonnegative().max(10).optional(),
      maxRelocate: z.number().int().nonnegative().max(10).optional(),
    })
    .optional()
    .meta({ description: 'Proxmox starts it again, on another host if need be.' }),
  backup: z
    .strictObject({
      storage: storageRef.optional().meta({ description: "Storage of the VM's host." }),
      service: refTo('services').optional().meta({ description: 'Or a backup service.' }),
      schedule: z
        .string()
        .optional()
        .meta({ description: "When, as Proxmox's calendar events: 02:30 or sat 03:00." }),
      mode: z.enum(['snapshot', 'suspend', 'stop']).optional(),
      keepDaily: z.number().int().nonnegative().optional(),
      keepWeekly: z.number().int().nonnegative().optional(),
      keepMonthly: z.number().int().nonnegative().optional(),
    })
    .optional()
    .meta({ description: 'How it is backed up; not at all if absent.' }),
})
export type Vm = z.infer<typeof Vm>
