import { z } from 'zod'
import { ID_NAME, PART_NAME } from './names'

/**
 * What the schemas of the document's parts are made of. Every map is keyed by the object's immutable
 * id; units are in the key; a field that is not written is absent, never filled in.
 */

/**
 * Immutable key of an object: lower-case letters, digits and inner hyphens, at most 63 (RFC 1123).
 * Never digits alone, because JavaScript sorts such keys and the order of NICs and disks is their
 * slot; never `constructor`, because every object seems to have it.
 */
export const Id = z.string().regex(ID_NAME.pattern, ID_NAME.words)
export type Id = z.infer<typeof Id>

/**
 * What Proxmox calls a part of a host: a storage (`[a-z][a-z0-9-_.]*[a-z0-9]`, any case), a bridge or
 * port (at most 15 characters, as the kernel has it), a disk. Written as it is called there. Never a
 * name that every object seems to have.
 */
export const PartName = z.string().regex(PART_NAME.pattern, PART_NAME.words)

/** A bridge as the hosts call it; the kernel has 15 characters for the name of an interface. */
export const BridgeName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/,
    'write a bridge as the host calls it, such as vmbr0: at most 15 letters, digits, dots, hyphens and underscores',
  )

/** A DNS label, as PVE, cloud-init and Kubernetes accept it for a host. */
export const DnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'use a DNS label: lower-case letters, digits, inner hyphens, at most 63 characters',
  )
export const Ipv4 = z.ipv4({ error: 'write an IPv4 address such as 10.2.0.11' })
export const Cidr = z.cidrv4({ error: 'write a network such as 10.2.0.0/24' })
export const Ipv6 = z.ipv6({ error: 'write an IPv6 address such as fd00:2::11' })
export const Cidr6 = z.cidrv6({ error: 'write an IPv6 network such as fd00:2::/64' })
/** Bytes in hex: upper case as Proxmox writes it. */
export const Mac = z
  .string()
  .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/, 'write a MAC address such as BC:24:11:0A:00:01')
export const Mib = z.number().int().positive()
export const Gib = z.number().int().positive()
export const Port = z.number().int().min(1).max(65_535)
export const Mbit = z.number().int().positive()
export const Mtu = z.number().int().min(1280).max(9216)
export const VlanTag = z.number().int().min(1).max(4094)
export const Text = z.string().max(2000)
/** ISO date. */
export const Day = z.iso.date({ error: 'write a date such as 2026-11-24' })
export const name = DnsLabel.optional().meta({ description: 'Shown name; the id if absent.' })
export const about = Text.optional().meta({ description: 'Free text shown beside the object.' })
export const mapOf = <T extends z.ZodType>(value: T) => z.record(Id, value).optional()
/** Parts of a host, by what Proxmox calls them. */
export const partsOf = <T extends z.ZodType>(value: T) => z.record(PartName, value).optional()

/** What an id points at (fields/field.ts says what the targets that are no kind mean). */
type Target =
  | 'storages'
  | 'gpus'
  | 'devices'
  | 'connections'
  | 'machines'
  | 'servers'
  | 'places'
  | 'hosts'
  | 'switches'
  | 'routers'
  | 'networks'
  | 'pools'
  | 'sizes'
  | 'templates'
  | 'vms'
  | 'clusters'
  | 'services'
  | 'sites'
  | 'ups'
/** An id of another object. The target is read by forms, completion and the reference rule. */
export const refTo = (reference: Target) => Id.meta({ reference })
/** The name of a storage of the host that is meant. */
export const storageRef = PartName.meta({ reference: 'storages' satisfies Target })

/** Reference to a sealed secret by name, written `!secret name` in the text. */
export const SecretRef = z.strictObject({ $secret: Id })
export type SecretRef = z.infer<typeof SecretRef>

/** A value of Helm's values tree: JSON, with secret references at any depth. */
export type Values = { [key: string]: ValuesNode }
export type ValuesNode = string | number | boolean | null | SecretRef | ValuesNode[] | Values
export const ValuesNode: z.ZodType<ValuesNode> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(ValuesNode),
    z.record(z.string(), ValuesNode),
  ]),
)
