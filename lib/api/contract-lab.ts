/** What a form for a failure asks for, as the lab tells it (`FaultParam` of lib/lab/fault-table.ts). */
export type LabFaultParam = {
  name: string
  label: string
  is: 'text' | 'number' | 'choice' | 'flag' | 'list' | 'host' | 'storage' | 'vm' | 'address' | 'mac'
  choices?: readonly string[]
  initial?: string
  required?: boolean
  help?: string
  least?: number
  most?: number
}

/** One failure that the lab knows, in words. */
export type LabFaultKind = {
  kind: string
  title: string
  group: string
  /** What is broken, as it would be on real hardware. */
  happens: string
  /** What one should see in the panel. */
  shows: string
  /** How it ends, and what has to be done beside clearing it. */
  ends: string
  params: readonly LabFaultParam[]
}

/** A kind and its parameters; the lab checks them against its table. */
export type LabFaultWish = { kind: string; [param: string]: string | number | boolean | string[] }

/** One that is switched on: what was asked for, with its id. */
export type LabFault = { kind: string; id: string; [param: string]: unknown }

export type LabRelease = '8.4' | '9'

export type LabView = {
  release: LabRelease
  /** How many times faster than real time. */
  speed: number
  quorate: boolean
  hosts: { node: string; up: boolean }[]
  storages: string[]
  /** VMs and containers. `status`: running, stopped, paused, io-error; unknown where its host is down. */
  guests: { vmid: number; node: string; name: string; status: string }[]
  /** In the order in which they were switched on. */
  faults: LabFault[]
}

/** GET /api/lab: `lab` null where no lab runs. */
export type LabAnswer = { lab: LabView | null; kinds: LabFaultKind[] }

/** POST /api/lab/reset: what the new lab is to be. */
export type LabResetRequest = { hosts: 1 | 3; release: LabRelease }
