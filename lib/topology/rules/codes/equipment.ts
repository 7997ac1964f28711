import type { CodeFacts } from '../code'

/** Codes about power, disks and devices, and what stands in the wrong network. */
export const EQUIPMENT: readonly CodeFacts[] = [
  {
    code: 'ups.overloaded',
    severities: ['warning'],
    cost: 'outage',
    what: 'more watts on a UPS than it carries, 0.6 for each volt-ampere',
    source: 'data sheets of APC Back-UPS, Smart-UPS and Eaton 5E: 0.55 to 0.67',
  },
  {
    code: 'ups.nobody-told',
    severities: ['note'],
    cost: 'outage',
    what: 'a UPS below hosts with VMs whose data cable ends nowhere',
    source: 'networkupstools.org, upsmon(8)',
  },
  {
    code: 'storage.larger-than-disks',
    severities: ['warning'],
    cost: 'outage',
    what: 'storages that promise more than the disks below them hold',
  },
  {
    code: 'device.twice',
    severities: ['warning'],
    cost: 'deploy',
    what: 'one PCI device under two names',
  },
  {
    code: 'site.same-key',
    severities: ['warning'],
    cost: 'outage',
    what: 'two ends of a tunnel with one public key',
    source: 'wg(8)',
  },
  {
    code: 'backup.endless',
    severities: ['note'],
    cost: 'untidy',
    what: 'scheduled backups that nothing ever deletes',
    source: 'Proxmox VE administration guide, Backup Retention: keep-all',
  },
  {
    code: 'equipment.outside-network',
    severities: ['warning'],
    cost: 'untidy',
    what: 'a BMC, UPS, switch, service or unmanaged guest with an address outside of its network',
  },
]
