import type { SeedSpec } from '@/lib/plan/step'
import { cloudYaml } from './cloud-yaml'

/** The instance-id stays the same for the VM's life: cloud-init runs its first boot once (T2). */
export const renderMetaData = ({ instanceId, hostname }: SeedSpec): string =>
  cloudYaml({ 'instance-id': instanceId, 'local-hostname': hostname })
