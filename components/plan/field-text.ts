import { formatMib } from '@/components/ui/format'

/** Words for the fields of a plan, which are named as the document names them. */
const LABELS: Record<string, string> = {
  name: 'name',
  cpus: 'vCPUs',
  memoryMib: 'memory',
  balloonMib: 'ballooning',
  cpuType: 'CPU type',
  machine: 'machine',
  bios: 'BIOS',
  agent: 'guest agent',
  onBoot: 'starts with the host',
  startOrder: 'start order',
  startDelayS: 'start delay',
  protection: 'protected',
  tags: 'tags',
}

export const fieldLabel = (field: string): string => LABELS[field] ?? field

/** A field's value as a person writes it: MiB with their unit, yes and no, `none` for nothing. */
export function fieldText(field: string, value: string | null): string {
  if (value === null || value === '') return 'none'
  if (value === 'true') return 'yes'
  if (value === 'false') return 'no'
  if (field === 'balloonMib' && value === '0') return 'off'
  const number = Number(value)
  if (field.endsWith('Mib') && Number.isFinite(number)) return formatMib(number)
  return field === 'startDelayS' ? `${value} s` : value
}
