import type { Fault } from '@/lib/lab/faults'
import type { LabState } from '@/lib/lab/state'
import { addSecondNode, giveSystem, takeSystem } from './recorded-lab'

type Without<T> = T extends unknown ? Omit<T, 'id'> : never

/** What was so on the recorded machine while requests of these names were made. */
const SITUATIONS: {
  names: RegExp
  /** The first and the last sample that it may be. */
  from?: number
  to?: number
  faults: Without<Fault>[]
}[] = [
  {
    names: /./,
    from: 1081,
    to: 1099,
    faults: [{ kind: 'host-down', node: 'pve2', how: 'no-route' }],
  },
  // The first requests named `noq-` were made before the votes were really missing.
  {
    ...{ names: /./, from: 1101, to: 1115 },
    faults: [{ kind: 'host-down', node: 'pve2', how: 'no-route' }, { kind: 'no-quorum' }],
  },
  { names: /^daemon-down/, faults: [{ kind: 'daemon-down', node: 'pve1', how: 'refused' }] },
  { names: /^daemon-hang/, faults: [{ kind: 'daemon-down', node: 'pve1', how: 'timeout' }] },
  // Somebody held that lock; the tasks that waited for it are polled under other names.
  { names: /./, from: 603, to: 626, faults: [{ kind: 'config-locked', vmid: 202 }] },
  // That machine had no ifupdown2 at first, then one that dpkg did not know.
  {
    ...{ names: /./, from: 776, to: 832 },
    faults: [
      {
        ...{ kind: 'reload-fails', node: 'pve1' },
        message: 'you need ifupdown2 to reload network configuration',
      },
    ],
  },
  {
    ...{ names: /./, from: 833, to: 865 },
    faults: [{ kind: 'reload-fails', node: 'pve1' }],
  },
]

/** What happened to that machine beside the recorded requests, by the sample that it came before. */
const EVENTS: readonly [number, (state: LabState) => void][] = [
  // That guest boots a kernel from its host's files; here it is on its disk, with the agent.
  [56, (state) => giveSystem(state, 100)],
  // This one, a clone, was never seen to answer.
  [236, (state) => takeSystem(state, 202)],
  [1059, addSecondNode],
]

/** Ends of tasks that come from what that machine lacked, not from PVE: the lab's are made to fail alike. */
const LACKING =
  /genisoimage|QEMU exited with code|savevm|zeroinit(?!.*interrupted)|shared "write" lock|ha-manager|sendmail|lxc-stop|job errors|migration aborted|could not activate storage|powerdown failed|download failed|missing expected property/

/** The failure that a recorded task met for want of something on its machine, or null. */
export const lackOf = (exit: string | undefined): string | null =>
  exit !== undefined && LACKING.test(exit) ? exit : null

/**
 * Puts in place what is so when a sample is sent, and takes away what was so before. `previous` is
 * the place of the sample before this one: a shortened recording leaves some out.
 */
export function arrange(
  state: LabState,
  name: string,
  { index, previous }: { index: number; previous: number },
): void {
  const wanted = SITUATIONS.filter(
    ({ names, from = 0, to = Number.POSITIVE_INFINITY }) =>
      names.test(name) && index >= from && index <= to,
  ).flatMap(({ faults }) => faults)
  state.faults = [
    ...state.faults.filter((fault) => !fault.id.startsWith('situation')),
    ...wanted.map((fault, at) => ({ ...fault, id: `situation-${at}` }) as Fault),
  ]
  for (const [at, happen] of EVENTS) if (at > previous && at <= index) happen(state)
}
