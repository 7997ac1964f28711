import { existsSync } from 'node:fs'
import type { Bench, Measured } from '../bench/bench'
import { OUT_OF_SCOPE } from './out-of-scope'
import { readRecording } from './recording'
import { replay } from './replay'
import { type Judged, judge, type Kind, shareOf } from './share'

/** The recording's place: it is data of its own and no part of this repository. */
const FILE = process.env.PVE_SAMPLES

/** Share of the recorded names that the lab answers alike. Needs one replay for both. */
export function shareBenches(): Bench[] {
  if (!FILE || !existsSync(FILE)) {
    console.error('proxmox.samples_* skipped: PVE_SAMPLES does not name a recording.')
    return []
  }
  let judged: Promise<Judged[]> | null = null
  const share = async (kind: Kind): Promise<Measured> => {
    judged ??= replay(readRecording(FILE)).then(({ compared }) => judge(compared))
    const { agree, of } = shareOf(await judged, kind)
    const value = Number((agree / of).toFixed(4))
    const note = `${agree} of ${of} names, ${OUT_OF_SCOPE.length} out of scope in all`
    return { value, runs: 1, min: value, max: value, note }
  }
  return [
    { name: 'proxmox.samples_ok_share', unit: 'ratio', run: () => share('success') },
    { name: 'proxmox.samples_error_share', unit: 'ratio', run: () => share('error') },
  ]
}
