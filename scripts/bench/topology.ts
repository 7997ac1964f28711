import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { applyChanges } from '@/lib/topology/apply'
import { diff } from '@/lib/topology/diff'
import { changesOf } from '@/lib/topology/edit'
import { formatTopology } from '@/lib/topology/format'
import { mergeTexts, mergeTopologies } from '@/lib/topology/merge'
import { parseTopology } from '@/lib/topology/parse'
import { rewriteText } from '@/lib/topology/rewrite'
import { big, onePercentChanged } from '@/lib/topology/testing/big'
import { validate } from '@/lib/topology/validate'
import { type Bench, type Measured, measured } from './bench'

/** The median of `runs` timings of `act`, after one that is not counted. */
function timed(runs: number, act: () => void): Measured {
  act()
  const times = Array.from({ length: runs }, () => {
    const began = performance.now()
    act()
    return performance.now() - began
  })
  return measured(times, 2)
}

const MIB = 1024 * 1024

/** The most memory, in MiB, of a process of its own that reads and validates the text. */
function peakOfRead(text: string): number {
  const script = path.join(import.meta.dirname, 'topology', 'peak-of-read.ts')
  const run = spawnSync(process.execPath, ['--import', 'tsx', script], {
    input: text,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return Number(run.stdout)
}

function read(vms: number): Bench {
  return {
    name: `topology.read_${vms}_ms`,
    unit: 'ms',
    async run() {
      const text = formatTopology(big(vms))
      const times = timed(vms > 5000 ? 3 : 5, () => {
        const parsed = parseTopology(text)
        if (!parsed.ok) throw new Error('the document does not parse')
        validate(parsed.topology)
      })
      const here = Math.round(process.resourceUsage().maxRSS / 1024)
      return {
        ...times,
        note: `${(text.length / MIB).toFixed(2)} MiB of text, peak ${peakOfRead(text)} MiB in a process that reads it once; ${here} MiB in this one, which also made it`,
      }
    },
  }
}

function rewrite(vms: number): Bench {
  return {
    name: `topology.rewrite_${vms}_ms`,
    unit: 'ms',
    async run() {
      const topology = big(vms)
      const text = formatTopology(topology)
      const changes = changesOf(topology, { kind: 'resizeVm', vm: 'vm-00042', size: 'large' })
      return timed(vms > 5000 ? 3 : 5, () => rewriteText(text, changes))
    },
  }
}

const compare: Bench = {
  name: 'topology.diff_10000_ms',
  unit: 'ms',
  async run() {
    const a = big(10_000)
    // Read anew, so that nothing is shared by reference and every value is compared.
    const b = onePercentChanged(structuredClone(a))
    return { ...timed(5, () => diff(a, b)), note: '1 % changed, nothing shared by reference' }
  },
}

const merge: Bench = {
  name: 'topology.merge_10000_ms',
  unit: 'ms',
  async run() {
    const base = big(10_000)
    const mine = onePercentChanged(structuredClone(base), 1)
    const theirs = onePercentChanged(structuredClone(base), 2)
    const times = timed(5, () => {
      if (!mergeTopologies(base, mine, theirs).ok) throw new Error('the merge conflicts')
    })
    const texts = [base, mine, theirs].map(formatTopology) as [string, string, string]
    const start = performance.now()
    mergeTexts(...texts)
    const whole = Math.round(performance.now() - start)
    return {
      ...times,
      note: `values, 1 % changed on each side; reading three texts and writing one as well: ${whole} ms`,
    }
  },
}

const edit: Bench = {
  name: 'topology.edit_1000_ms',
  unit: 'ms',
  async run() {
    const topology = big(1000)
    return timed(25, () => {
      const changes = changesOf(topology, {
        kind: 'moveVm',
        vm: 'vm-00500',
        nic: 'lan',
        network: 'lan-1',
      })
      const resized = changesOf(topology, { kind: 'resizeVm', vm: 'vm-00500', size: 'large' })
      validate(applyChanges(topology, [...changes, ...resized]))
    })
  },
}

/** Reading, rewriting, comparing, merging and editing documents. */
export const benches: Bench[] = [
  read(8),
  read(1000),
  read(10_000),
  rewrite(100),
  rewrite(10_000),
  compare,
  merge,
  edit,
]
