import type { Kind } from './share'

const NO_JOBS = 'its machine had no folder for jobs yet; the same request succeeds later'
const NO_PROXY = 'its machine had no vncterm and no termproxy'
const OWN_GUEST = 'tells of the recorded guest, an initrd without /etc/os-release and a disk'

/**
 * Names of the recording that do not count, each with its reason: what its machine lacked, not what
 * PVE does. Refusals among them are not sent either. At most 60; a test holds that.
 */
export const OUT_OF_SCOPE: readonly { name: string; kind: Kind; why: string }[] = [
  { name: 'agent-osinfo', kind: 'success', why: OWN_GUEST },
  { name: 'agent-fsinfo', kind: 'success', why: OWN_GUEST },
  {
    ...{ name: 'race-clone', kind: 'success' },
    why: 'three clients at one instant; the replay sends one request after the other',
  },
  {
    ...{ name: 'log-download', kind: 'success' },
    why: 'gzip: answers of the lab are text',
  },
  {
    ...{ name: 'node-sdn-zones2', kind: 'error' },
    why: 'its machine had no working ifquery: a JSON parser dies of an empty answer',
  },
  {
    ...{ name: 'node-sdn-content', kind: 'error' },
    why: 'its machine had no working ifquery: a JSON parser dies of an empty answer',
  },
  {
    ...{ name: 'node-sdn-content2', kind: 'success' },
    why: 'its machine had no default route, which SNAT asks for',
  },
  { name: 'backup-job', kind: 'error', why: NO_JOBS },
  { name: 'backup-bad2', kind: 'error', why: NO_JOBS },
  {
    ...{ name: 'map-pci', kind: 'error' },
    why: 'its machine had no folder for mappings yet; the same request succeeds later',
  },
  { name: 'vncproxy', kind: 'error', why: NO_PROXY },
  { name: 'vncproxy-stopped', kind: 'error', why: NO_PROXY },
  { name: 'termproxy', kind: 'error', why: NO_PROXY },
  { name: 'termproxy-stopped', kind: 'error', why: NO_PROXY },
  { name: 'node-termproxy', kind: 'error', why: NO_PROXY },
  {
    ...{ name: 'c-resources', kind: 'success' },
    why: 'pvestatd had not yet reported a VM that was made a second before',
  },
]

export const whyOutOfScope = (name: string, kind: Kind): string | null =>
  OUT_OF_SCOPE.find((each) => each.name === name && each.kind === kind)?.why ?? null
