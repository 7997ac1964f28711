import { writeFileSync } from 'node:fs'
import { whyOutOfScope } from './out-of-scope'
import { bodyOf, isPoll, readRecording, recordedAt, type Sample, taskEnds } from './recording'
import { replay } from './replay'

/**
 * Cuts a recording down to its errors and the fewest requests that lead to them, with nothing of an
 * answer but status, reason and the names of faulty parameters:
 * `npx tsx scripts/replay/cut-errors.ts RECORDING`. Writes `error-kinds.jsonl` beside this file.
 */

const isError = (sample: Sample): boolean => sample.status >= 400

/** The body of a fixture: a UPID that later requests name, keys of errors, or what is no JSON. */
function shortBody(sample: Sample): string | null {
  const body = bodyOf(sample)
  if (!body) return isError(sample) ? sample.body : null
  if (!isError(sample)) {
    const data = body.data as unknown
    const named = typeof data === 'string' ? data.startsWith('UPID:') : sample.name === 'ticket'
    const kept = typeof data === 'string' ? data : { ticket: '', username: '' }
    const token = data !== null && typeof data === 'object' && 'full-tokenid' in data
    return named ? JSON.stringify({ data: kept }) : token ? JSON.stringify({ data: {} }) : null
  }
  const { errors } = body as { errors?: Record<string, string> }
  const keys = errors && Object.fromEntries(Object.keys(errors).map((key) => [key, '']))
  return JSON.stringify({ data: null, message: '', ...(keys ? { errors: keys } : {}) })
}

/** Whether the recording polls a task to its end before it sends anything else. */
function endsAtOnce(samples: readonly Sample[], index: number): boolean {
  const upid = bodyOf(samples[index] as Sample)?.data
  for (const sample of samples.slice(index + 1)) {
    if (!isPoll(sample)) return false
    const data = bodyOf(sample)?.data as { upid?: string; exitstatus?: string } | null
    if (data?.upid === upid && data?.exitstatus) return true
  }
  return false
}

function shortened(samples: readonly Sample[]): Sample[] {
  const ends = taskEnds(samples)
  return samples.flatMap((sample, index) => {
    const kind = isError(sample) ? 'error' : 'success'
    if (isPoll(sample) || (kind === 'error' && whyOutOfScope(sample.name, kind) !== null)) return []
    const upid = bodyOf(sample)?.data
    const end = typeof upid === 'string' && endsAtOnce(samples, index) ? ends.get(upid) : undefined
    const at = recordedAt(sample, samples[0] as Sample)
    const { name, status, reason, secs } = sample
    const { headers = {}, ...sent } = sample.request
    const typed = Object.entries(headers).filter(([, value]) => !/urlencoded/.test(value))
    const request = { ...sent, ...(typed.length > 0 ? { headers: Object.fromEntries(typed) } : {}) }
    return [
      {
        ...{ name, index, request, status, reason, body: shortBody(sample) },
        ...(secs === undefined ? {} : { secs }),
        ...(at === null ? {} : { at }),
        ...(end === undefined ? {} : { end }),
      },
    ]
  })
}

/** Whether every error of these samples comes out as it was recorded. */
async function allAgree(samples: readonly Sample[]): Promise<boolean> {
  const { compared } = await replay(samples)
  return compared.every(({ sample, differs }) => !isError(sample) || differs.length === 0)
}

/** Leaves out successes as long as every error stays what it is: halves first, then single ones. */
async function fewest(samples: Sample[]): Promise<Sample[]> {
  let kept = samples
  for (let size = 64; size >= 1; size = Math.floor(size / 2))
    for (let from = 0; from < kept.length; ) {
      const without = kept.filter((sample, at) => isError(sample) || at < from || at >= from + size)
      if (without.length < kept.length && (await allAgree(without))) kept = without
      else from += size
    }
  return kept
}

const [file] = process.argv.slice(2)
if (!file) throw new Error('Name the recording.')
const all = shortened(readRecording(file))
if (!(await allAgree(all))) {
  const { compared } = await replay(all)
  for (const { sample, differs } of compared)
    if (isError(sample) && differs.length > 0) console.error(sample.name, differs)
  throw new Error('Not every error agrees to begin with.')
}
const kept = await fewest(all)
writeFileSync(
  new URL('./error-kinds.jsonl', import.meta.url),
  kept.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
)
console.log(`${kept.length} of ${all.length} requests are left`)
