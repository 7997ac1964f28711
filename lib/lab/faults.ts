import type { LabState } from './state'

/** Which calls a fault is about; absent: all. */
export type WhichCalls = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Beginning of the path below `/api2/json`, such as `/nodes/pve1/qemu`. */
  path?: string
  /** How many more times; absent = until removed. */
  times?: number
}

/** Failures that a person or a test can switch on. Each bites where the real one would. */
export type Fault = { id: string } & (
  | {
      kind: 'task-fails'
      /** Such as `qmclone`. */
      task: string
      vmid?: number
      message?: string
      /** How many more times; absent = until removed. */
      times?: number
    }
  /** `task`: a type of task such as `qmclone`, or the first words of a command in a guest. */
  | { kind: 'slow'; factor: number; task?: string }
  | { kind: 'host-down'; node: string; how: 'refused' | 'timeout' | 'no-route' }
  /** pvedaemon is dead or hangs, pveproxy lives: what needs root is not answered, the rest is. */
  | { kind: 'daemon-down'; node: string; how: 'refused' | 'timeout' }
  /** No power: its guests are off at once. It comes back by a cold start when the fault ends. */
  | {
      kind: 'power-cut'
      /** Absent: every host. */
      node?: string
    }
  /** Half of the cluster's votes or more are missing: nothing in /etc/pve can be written. */
  | { kind: 'no-quorum' }
  /** Somebody holds the lock of a guest's configuration for good. */
  | { kind: 'config-locked'; vmid: number }
  /** A host's `ifreload` ends with this error; staged changes stay staged. */
  | { kind: 'reload-fails'; node: string; message?: string }
  | { kind: 'agent-never-up'; vmid?: number }
  | { kind: 'storage-full'; storage: string }
  /** No block is left for data or for metadata: whoever writes there stops with an I/O error. */
  | { kind: 'pool-full'; storage: string; what: 'data' | 'metadata' }
  /** The disk below a storage is gone, on one host or on all that had it. */
  | { kind: 'disk-lost'; storage: string; node?: string }
  /** Calls are answered with this status. */
  | ({ kind: 'calls-fail'; status: number; message?: string } & WhichCalls)
  /** Answers come so many virtual seconds late. */
  | ({ kind: 'calls-slow'; seconds: number } & WhichCalls)
  /** Calls are taken and never answered. `done`: what they ask is done all the same. */
  | ({ kind: 'calls-hang'; done?: boolean } & WhichCalls)
  /** The connection is reset in the middle of the answer. `done`: what it asks is done all the same. */
  | ({ kind: 'calls-reset'; done?: boolean } & WhichCalls)
  /** A task is gone from the host's index as soon as it ended. `done`: it did its work before. */
  | { kind: 'task-vanishes'; task?: string; vmid?: number; done?: boolean; times?: number }
  /** Somebody edited a host's networks in PVE and has not applied them. */
  | { kind: 'foreign-change'; node: string }
  /** The datacenter's firewall is on and lets the panel in nowhere. */
  | { kind: 'locked-out' }
  /** The hypervisor's resolver changed, and with it every seed that PVE makes (traps T2). */
  | { kind: 'other-instance'; vmid?: number }
  /** Somebody took the serial port: an image that grew panics at its next boot (traps T3). */
  | { kind: 'serial-lost'; vmid?: number }
  /** Tokens and users lack these, whatever their role says. */
  | { kind: 'privileges-lost'; privileges: string[] }
  | { kind: 'guest-unreachable'; vmid: number }
  /** The host shows a certificate of another authority, as one that was reinstalled, or a stranger. */
  | { kind: 'other-certificate' }
  /** The guest shows another SSH host key, as one that somebody reinstalled. `key` is the lab's own. */
  | { kind: 'other-host-key'; vmid: number; key?: string }
  /** A machine that nobody told of has this address and answers, as one set by hand. Upper case MAC. */
  | { kind: 'address-in-use'; address: string; mac?: string }
  /** Pods whose names begin so never start. */
  | { kind: 'pod-stuck'; pod: string; reason?: string; message?: string }
  /** apt's locks are held so many virtual seconds from when somebody first wants one. */
  | { kind: 'apt-locked'; vmid?: number; seconds: number; since?: number }
  /** The guest's clock is off by so much until its time service is restarted, or for good. */
  | { kind: 'clock-skew'; vmid?: number; seconds: number; stubborn?: boolean }
  | {
      kind: 'command-fails'
      /** First words of the command line, such as `kubeadm join`. */
      command: string
      vmid?: number
      message?: string
      code?: number
      times?: number
      /** It fails in its middle: after so many of its steps. Absent = at once. */
      after?: number
    }
)

/** MAC of the machine that {@link Fault} `address-in-use` puts there, where none is given. */
export const STRANGER_MAC = '02:00:5E:10:00:01'

export type FaultKind = Fault['kind']

/** The active faults of one kind. */
export function faultsOf<K extends FaultKind>(
  state: LabState,
  kind: K,
): Extract<Fault, { kind: K }>[] {
  return state.faults.filter((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind)
}

/** Uses up one count of a limited fault and removes it when none is left. */
export function spendFault(state: LabState, fault: Fault & { times?: number }): void {
  if (fault.times === undefined) return
  fault.times -= 1
  if (fault.times <= 0) state.faults = state.faults.filter((other) => other.id !== fault.id)
}

/** By how much a task of this type takes longer now. */
export const slowness = (state: LabState, task: string): number =>
  faultsOf(state, 'slow')
    .filter((fault) => !fault.task || fault.task === task)
    .reduce((factor, fault) => factor * fault.factor, 1)
