import type { LabState } from './state'

/** What each PVE says of itself. */
const RELEASES = {
  '8.4': { release: '8.4', repoid: '2606ac850d46da29', version: '8.4.21', kernel: '6.8.12-16-pve' },
  '9': { release: '9.0', repoid: '9ac1d5a8e9ab0b5f', version: '9.0.11', kernel: '6.14.11-4-pve' },
} as const

/** The release that the lab shows: 9 unless its state says otherwise. */
export const releaseOf = (state: Pick<LabState, 'release'>): '8.4' | '9' => state.release ?? '9'

/** `GET /version` and the kernel. */
export const versionOf = (state: Pick<LabState, 'release'>) => RELEASES[releaseOf(state)]
