import type { Section } from './cluster-state'
import type { Lab } from './state'

/** The lines of a mapping: each a device or a folder on one node. */
export const mapOf = (section: Section): Record<string, string>[] =>
  (section.map ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => Object.fromEntries(line.split(',').map((part) => part.split('='))))

/** What is wrong with a mapping on a node, as PVE's check tells it; null: it fits the hardware. */
export function whyNotMapped(lab: Lab, section: Section, node: string): string | null {
  const line = mapOf(section).find((each) => each.node === node)
  if (!line) return `No mapping for node ${node}.`
  const device = lab.state.hosts[node]?.pci.find(({ id }) => id.startsWith(line.path ?? '?'))
  if (!device) return `Configuration for pci device does not match: device '${line.path}' not found`
  const sub = device.ids?.subsystemVendor
  if (sub !== undefined && line['subsystem-id'] === undefined)
    return `missing expected property 'subsystem-id' for device '${line.path}'`
  const { vendor, device: number } = device.ids ?? {}
  const id = vendor && number ? `${vendor.slice(2)}:${number.slice(2)}` : undefined
  return id !== undefined && line.id !== id
    ? `'id' does not match for '${line.path}' (${line.id} != ${id})`
    : null
}
