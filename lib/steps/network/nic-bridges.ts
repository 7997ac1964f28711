import { parseProperties } from '@/lib/proxmox/property-string'

/** Bridges and VNets that a VM's configuration plugs its NICs into. */
export const bridgesOf = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([key, value]) =>
    /^net\d+$/.test(key) ? (parseProperties(value).get('bridge') ?? []) : [],
  )
