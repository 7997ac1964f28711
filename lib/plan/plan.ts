import type { Problem } from '@/lib/topology/problem'
import type { Effect, Step } from './step'

/** What a plan is for. */
export type Goal =
  | { kind: 'deploy' }
  /** Writes the marker into machines that the document takes over, and nothing else. */
  | { kind: 'adopt' }
  /**
   * Proxmox's firewall from the document's policies. To switch it on, `admins` names a network and
   * `from` the address of the session that asks, which must both still reach every host.
   */
  | { kind: 'firewall'; on: true; admins: string; from: string }
  | { kind: 'firewall'; on: false }
  | { kind: 'rebuild'; vm: string }
  | { kind: 'start' | 'stop' | 'restart'; vm: string }
  /**
   * `disks`: serials of data disks that may be deleted too; others are parked with the holder.
   * `vm`: only this one (it may have left the document already); without it, the whole topology.
   */
  | { kind: 'destroy'; disks: string[]; vm?: string }

/** One object's line in a plan: the sign, and the fields that differ with what their change costs. */
export type ObjectChange = {
  object: readonly string[]
  name: string
  effect: Effect
  fields: FieldChange[]
  reason: string
  /** Of a host whose network changes: `/etc/network/interfaces`, as Proxmox would show it staged. */
  diff?: string
}

export type FieldChange = {
  field: string
  from: string | null
  to: string | null
  /** in-place: at once, no interruption. next-boot/reboot: needs a restart. replace: forces a new VM. */
  cost: 'in-place' | 'reboot' | 'replace'
}

/** What would happen, shown, approved, stored; exactly it is run. */
export type Plan = {
  goal: Goal
  /** Number of the revision it was made from. */
  revision: number
  /** When what it was made from was read. */
  observedAt: number
  steps: Step[]
  changes: ObjectChange[]
  counts: Record<'create' | 'change' | 'reboot' | 'replace' | 'destroy', number>
  /** With the locks respected; and the ids of the longest chain. */
  etaS: number
  criticalPath: string[]
  /** Sentences: what is lost and cannot be had back. Empty for most plans. */
  losses: string[]
  /** Sentences: what the plan leaves alone on purpose, such as a VM that left the document. */
  notes: string[]
  /** Sentence that tells the way back. */
  wayBack: string
  /** 0 to 3, ux.md's confirmation levels. */
  level: 0 | 1 | 2 | 3
  /** Names the kinds, arguments and needs of the steps; equal hash = same plan. */
  hash: string
}

/** A plan, or why there is none: blockers of the document, or things that could not be seen. */
export type PlanResult = { ok: true; plan: Plan } | { ok: false; refusals: Refused[] }

export type Refused = {
  /** Such as `plan.unknown-host`, `plan.blocked`. */
  code: string
  /** What, why, what to do. */
  message: string
  object: readonly string[]
  problem?: Problem
  /** What a person runs at a host's console where the panel must not. */
  commands?: string[]
}
