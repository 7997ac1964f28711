import { stringify } from 'yaml'
import type { SeedSpec } from '@/lib/plan/step'

/** The instance-id stays the same for the VM's life: cloud-init runs its first boot once (T2). */
export const renderMetaData = ({ instanceId, hostname }: SeedSpec): string =>
  stringify({ 'instance-id': instanceId, 'local-hostname': hostname })
