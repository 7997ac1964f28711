import type { Lab, Vm } from '../state'
import type { InstalledOs } from './disk'
import type { Guest, Process } from './guest'
import type { Script, StepArgs } from './shell/script'

/** What a command sees when it is started. */
export type CommandContext = {
  lab: Lab
  vm: Vm
  guest: Guest
  os: InstalledOs
  process: Process
  /** Its name and its arguments. */
  name: string
  args: string[]
  user: string
  /** All of its standard input. */
  stdin: string
  /** Modification time for files it writes, UTC seconds. */
  mtime: number
}

/**
 * A command of the guests: says what happens over time. Changes that take no time it may make at
 * once; later ones are effects of the script.
 */
export type Command = (context: CommandContext) => Script

/** An effect of a script when its instant has come. A code other than 0 ends the command with it. */
export type GuestEffect = (
  lab: Lab,
  vm: Vm,
  process: Process,
  args: StepArgs,
) => undefined | { code: number; err?: string }

/** What a script waits for: null = not yet, else how the command goes on. */
export type GuestCondition = (
  lab: Lab,
  vm: Vm,
  process: Process,
  args: StepArgs,
) => null | { code: number; out?: string; err?: string }

/** One family of commands: a file under `commands/`. Add a family there to teach guests more. */
export type CommandFamily = {
  commands: Record<string, Command>
  effects?: Record<string, GuestEffect>
  conditions?: Record<string, GuestCondition>
}
