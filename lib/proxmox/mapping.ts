import { z } from 'zod'
import { flag, nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { formatProperties, parseProperties } from './property-string'

/** Where a mapped device is on one node. */
export type PciPlace = {
  node: string
  /** `0000:01:00.0`, or `0000:01:00` for all its functions. */
  path: string
  /** Vendor and device, `10de:1eb8`; compared at start. */
  id: string
  subsystemId?: string
  iommuGroup?: number
}
export type PciMapping = {
  id: string
  description: string
  places: PciPlace[]
  /** Whether it is cut into virtual devices. */
  mediated: boolean
  /** What PVE finds wrong with it, where a node was named. */
  faults: string[]
  digest: string | null
}
export type UsbPlace = { node: string /** `046d:c52b` */; id: string /** `1-1.4` */; path?: string }
export type UsbMapping = {
  id: string
  description: string
  places: UsbPlace[]
  faults: string[]
  digest: string | null
}
export type PciDevice = {
  /** `0000:01:00.0` */
  path: string
  vendorId: string
  deviceId: string
  vendor: string | null
  device: string | null
  subsystemVendorId: string | null
  subsystemDeviceId: string | null
  /** -1: without IOMMU, so that it cannot be passed through. */
  iommuGroup: number
  /** `0x030000` is a VGA controller. */
  class: string
  mediated: boolean
}
export type UsbDevice = {
  vendorId: string
  productId: string
  manufacturer: string | null
  product: string | null
  bus: number
  port: string
}

/** Devices of nodes, and the cluster's names for them: what a token may pass through to a VM. */
export type Mappings = {
  pciDevices(node: string): Promise<PciDevice[]>
  usbDevices(node: string): Promise<UsbDevice[]>
  /** With `node`, PVE compares them with what is really there. */
  listPci(node?: string): Promise<PciMapping[]>
  createPci(mapping: Pick<PciMapping, 'id' | 'description' | 'places' | 'mediated'>): Promise<void>
  updatePci(
    mapping: Pick<PciMapping, 'id' | 'description' | 'places' | 'mediated'> & { digest?: string },
  ): Promise<void>
  removePci(id: string): Promise<void>
  listUsb(node?: string): Promise<UsbMapping[]>
  createUsb(mapping: Pick<UsbMapping, 'id' | 'description' | 'places'>): Promise<void>
  updateUsb(
    mapping: Pick<UsbMapping, 'id' | 'description' | 'places'> & { digest?: string },
  ): Promise<void>
  removeUsb(id: string): Promise<void>
}

const Fault = z.object({ message: z.string() })
const Mapping = z.object({
  id: z.string(),
  description: z.string().default(''),
  map: z.array(z.string()).default([]),
  mdev: flag,
  checks: z.array(Fault).default([]),
  // Of USB mappings: null, one, or several.
  error: z
    .union([z.array(Fault), Fault.transform((fault) => [fault]), z.null()])
    .optional()
    .transform((faults) => faults ?? []),
  digest: nullable(text),
})
const Pci = z.object({
  id: z.string(),
  class: z.string().default(''),
  vendor: z.string().default(''),
  device: z.string().default(''),
  vendor_name: nullable(z.string()),
  device_name: nullable(z.string()),
  subsystem_vendor: nullable(z.string()),
  subsystem_device: nullable(z.string()),
  iommugroup: num.default(-1),
  mdev: flag,
})
const Usb = z.object({
  vendid: z.string(),
  prodid: z.string(),
  manufacturer: nullable(z.string()),
  product: nullable(z.string()),
  busnum: num,
  usbpath: nullable(text),
  port: nullable(text),
})

/** See {@link Mappings}. */
export function mappingCalls(ask: Ask): Mappings {
  const verbs = verbsOf(ask)
  return { ...deviceCalls(verbs), ...pciCalls(verbs), ...usbCalls(verbs) }
}

function deviceCalls({ read }: Verbs): Pick<Mappings, 'pciDevices' | 'usbDevices'> {
  return {
    async pciDevices(node) {
      // PVE leaves out memory, bridges and processors unless told to show all.
      const what = `List the PCI devices of ${node}`
      const found = await read(z.array(Pci), what, path`/nodes/${node}/hardware/pci`)
      return found.map((one) => ({
        path: one.id,
        vendorId: one.vendor,
        deviceId: one.device,
        vendor: one.vendor_name,
        device: one.device_name,
        subsystemVendorId: one.subsystem_vendor,
        subsystemDeviceId: one.subsystem_device,
        iommuGroup: one.iommugroup,
        class: one.class,
        mediated: one.mdev,
      }))
    },
    async usbDevices(node) {
      const what = `List the USB devices of ${node}`
      const found = await read(z.array(Usb), what, path`/nodes/${node}/hardware/usb`)
      return found.map((one) => ({
        vendorId: one.vendid,
        productId: one.prodid,
        manufacturer: one.manufacturer,
        product: one.product,
        bus: one.busnum,
        port: one.usbpath ?? one.port ?? '',
      }))
    },
  }
}

const PCI = '/cluster/mapping/pci'

function pciCalls({
  read,
  change,
}: Verbs): Pick<Mappings, 'listPci' | 'createPci' | 'updatePci' | 'removePci'> {
  const fields = ({ description, places, mediated }: Parameters<Mappings['createPci']>[0]) => ({
    description,
    map: places.map(formatPci),
    // JSON knows booleans; in a form it would be 0 or 1.
    mdev: mediated,
  })
  return {
    async listPci(node) {
      const what = 'List the PCI mappings'
      const found = await read(z.array(Mapping), what, PCI, { 'check-node': node })
      return found.map(({ id, description, map, mdev, checks, digest }) => ({
        ...{ id, description, digest },
        places: map.map(parsePci),
        mediated: mdev,
        faults: checks.map(({ message }) => message),
      }))
    },
    createPci: (mapping) =>
      change(`Add PCI mapping ${mapping.id}`, ['POST', PCI], {
        json: { id: mapping.id, ...fields(mapping) },
      }),
    updatePci: ({ digest, ...mapping }) =>
      change(
        `Change PCI mapping ${mapping.id}`,
        ['PUT', path`/cluster/mapping/pci/${mapping.id}`],
        {
          json: { ...fields(mapping), digest },
        },
      ),
    removePci: (id) =>
      change(`Remove PCI mapping ${id}`, ['DELETE', path`/cluster/mapping/pci/${id}`]),
  }
}

const USB = '/cluster/mapping/usb'

function usbCalls({
  read,
  change,
}: Verbs): Pick<Mappings, 'listUsb' | 'createUsb' | 'updateUsb' | 'removeUsb'> {
  const fields = ({ description, places }: Parameters<Mappings['createUsb']>[0]) => ({
    description,
    map: places.map(({ node, id, path }) =>
      formatProperties([
        ['id', id],
        ['node', node],
        ['path', path ?? null],
      ]),
    ),
  })
  return {
    async listUsb(node) {
      const what = 'List the USB mappings'
      const found = await read(z.array(Mapping), what, USB, { 'check-node': node })
      return found.map(({ id, description, map, error, checks, digest }) => ({
        ...{ id, description, digest },
        places: map.map(parseUsb),
        faults: [...checks, ...error].map(({ message }) => message),
      }))
    },
    createUsb: (mapping) =>
      change(`Add USB mapping ${mapping.id}`, ['POST', USB], {
        json: { id: mapping.id, ...fields(mapping) },
      }),
    updateUsb: ({ digest, ...mapping }) =>
      change(
        `Change USB mapping ${mapping.id}`,
        ['PUT', path`/cluster/mapping/usb/${mapping.id}`],
        {
          json: { ...fields(mapping), digest },
        },
      ),
    removeUsb: (id) =>
      change(`Remove USB mapping ${id}`, ['DELETE', path`/cluster/mapping/usb/${id}`]),
  }
}

const formatPci = (place: PciPlace): string =>
  formatProperties([
    ['id', place.id],
    ['iommugroup', place.iommuGroup ?? null],
    ['node', place.node],
    ['path', place.path],
    ['subsystem-id', place.subsystemId ?? null],
  ])

function parsePci(line: string): PciPlace {
  const parts = parseProperties(line)
  const group = parts.get('iommugroup')
  const subsystemId = parts.get('subsystem-id')
  return {
    node: parts.get('node') ?? '',
    path: parts.get('path') ?? '',
    id: parts.get('id') ?? '',
    ...(subsystemId === undefined ? {} : { subsystemId }),
    ...(group === undefined ? {} : { iommuGroup: Number(group) }),
  }
}

function parseUsb(line: string): UsbPlace {
  const parts = parseProperties(line)
  const place = parts.get('path')
  return {
    node: parts.get('node') ?? '',
    id: parts.get('id') ?? '',
    ...(place === undefined ? {} : { path: place }),
  }
}
