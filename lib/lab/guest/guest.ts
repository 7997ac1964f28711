import type { Frame } from './shell/ast'
import type { RunningScript } from './shell/script'

/**
 * A running machine: what is lost at power-off. `phase` moves by itself in virtual time
 * (lib/lab/guest/boot.ts).
 */
export type Guest = {
  phase: GuestPhase
  /** Virtual instant of the next phase; null when nothing is coming by itself. */
  due: number | null
  bootId: string
  bootAt: number
  /** Its system disk. */
  volume: string | null
  /** Whether the SSH server listens. */
  ssh: boolean
  /** Whether the guest agent answers. */
  agent: boolean
  units: Record<string, Unit>
  mounts: Mount[]
  processes: Process[]
  /** Processes whose end somebody still asks about: the agent's exec, first boot's condition. */
  agentJobs: Process[]
  /** Last lines of the serial console. */
  console: string[]
  /** First-boot work that is still to come, from the seed. */
  cloudInit: CloudInitRun | null
}

export type GuestPhase =
  | 'firmware'
  | 'kernel'
  | 'network'
  | 'config'
  | 'up'
  | 'no-boot'
  | 'panic'
  | 'stopping'
  | 'rebooting'
  | 'io-error'

export type Unit = {
  active: 'active' | 'inactive' | 'failed' | 'activating' | 'deactivating'
  sub: string
  result: string
  exitStatus: number
  /** Process of a transient unit. */
  process: string | null
  enabled: boolean
  since: number
  /** Made by systemd-run. */
  transient: boolean
  collect: boolean
  /** RemainAfterExit. */
  remain: boolean
}

export type Mount = { source: string; path: string; volume: string; fs: string; options: string }

export type CloudInitRun = {
  firstBoot: boolean
  packages: string[]
  runcmd: string[][]
  power: 'poweroff' | 'reboot' | null
  powerCondition: string[] | null
  /** Id of the commands that run at present: runcmd, then the condition. */
  process: string | null
}

/** A command line that runs in a guest. Everything needed to go on after a restart of the lab. */
export type Process = {
  id: string
  user: string
  /** Command lists to work through, innermost last. */
  frames: Frame[]
  /** The command that runs at present. */
  script: RunningScript | null
  due: number | null
  /** Where output goes: a channel outside, a file of the guest (absolute path), or kept here. */
  sink:
    | { kind: 'channel' }
    | { kind: 'file'; path: string }
    | { kind: 'kept'; out: string; err: string }
  stdin: string
  lastCode: number
  unit: string | null
  startedAt: number
}
