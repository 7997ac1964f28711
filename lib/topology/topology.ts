import { z } from 'zod'
import { Cluster, Service } from './model/cluster'
import { about, Day, mapOf, Text } from './model/common'
import { Host, UnmanagedGuest, Ups } from './model/host'
import { Network, Policy, Pool, Reservation, Router, Site, Switch } from './model/network'
import { Size, Template, Vm } from './model/vm'

/**
 * The document, version 1. The value mirrors the text: a field that is not written is absent, never
 * filled in. What an absent field means is in `defaults.ts` (`resolveVm` and friends). The parts are
 * in `model/`; their types are taken from here.
 */
export type { AddOn, Chart, Manifest } from './model/cluster'
export { Cluster, Service } from './model/cluster'
export type { Values, ValuesNode } from './model/common'
export { Id, SecretRef } from './model/common'
export type { Storage } from './model/host'
export { Host, UnmanagedGuest, Ups } from './model/host'
export {
  Network,
  Policy,
  Pool,
  PoolPurpose,
  Reservation,
  Router,
  Site,
  Switch,
} from './model/network'
export type { Disk, Nic } from './model/vm'
export { Size, Template, Vm, VmRole } from './model/vm'

export const Acknowledged = z.strictObject({
  code: z.string(),
  path: z.array(z.string()),
  by: z.string(),
  reason: Text,
})

/** An object that is left alone for a while, whatever the plan would do with it. */
export const Hold = z.strictObject({
  path: z.array(z.string()).min(1).meta({ description: 'The object, such as vms and its id.' }),
  until: Day.optional().meta({
    description: 'Until the end of this day (UTC); for good if absent.',
  }),
  by: z.string(),
  reason: Text,
})
export type Hold = z.infer<typeof Hold>

export const Topology = z.strictObject({
  drawbridge: z.literal(1).meta({ description: 'Version of this document format.' }),
  name: z.string().min(1).max(80),
  about,
  access: z
    .strictObject({
      authorizedKeys: z
        .array(z.string())
        .optional()
        .meta({ description: "People's public SSH keys, beside the panel's own." }),
      timezone: z.string().optional(),
      ntp: z.array(z.string()).optional(),
    })
    .optional(),
  sites: mapOf(Site),
  hosts: mapOf(Host),
  ups: mapOf(Ups),
  switches: mapOf(Switch),
  routers: mapOf(Router),
  networks: mapOf(Network),
  pools: mapOf(Pool),
  reservations: mapOf(Reservation),
  policies: mapOf(Policy),
  sizes: mapOf(Size),
  templates: mapOf(Template),
  vms: mapOf(Vm),
  unmanaged: mapOf(UnmanagedGuest),
  clusters: mapOf(Cluster),
  services: mapOf(Service),
  acknowledged: z.array(Acknowledged).optional(),
  holds: z.array(Hold).optional(),
})
export type Topology = z.infer<typeof Topology>

/** The maps of the document that hold objects with ids, in the order they are written. */
export const KINDS = [
  'sites',
  'hosts',
  'ups',
  'switches',
  'routers',
  'networks',
  'pools',
  'reservations',
  'policies',
  'sizes',
  'templates',
  'vms',
  'unmanaged',
  'clusters',
  'services',
] as const
export type Kind = (typeof KINDS)[number]
