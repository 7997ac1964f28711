import os from 'node:os'
import { PanelError } from '@/lib/base/errors'
import type { Actor } from '@/lib/db/audit'
import type { Config } from '@/lib/io/env'

/** What a command gets to do its work with. */
export type Box = {
  config: Config
  /** What stands behind the command's name. */
  args: readonly string[]
  /** Options that were named, without their dashes. */
  options: ReadonlySet<Option>
  /** Of this program. */
  version: string
  migrationsDir: string
  /** Lines for the person. */
  say(text: string): void
  /** UTC milliseconds. */
  now(): number
}

/** Switches of any command; each command names its own. */
export const OPTIONS = ['all', 'force', 'json', 'keys', 'password', 'unproved', 'yes'] as const
export type Option = (typeof OPTIONS)[number]

export type Command = {
  /** How it is typed, after `npm run admin --`. */
  usage: string
  /** One line for the list. */
  does: string
  /** How many words it takes, at least and at most. */
  words: readonly [number, number]
  options: readonly Option[]
  /** The process's exit code. */
  run(box: Box): Promise<number>
}

/** Exit codes: 0 done, 1 it could not be done or something is wrong, 2 it was typed wrongly. */
export const EXIT = { done: 0, failed: 1, typed: 2 } as const

/** Who does it, in the audit log: whoever is signed in to the machine. */
export function boxActor(): Actor {
  const invoker = process.env.SUDO_USER
  const user = os.userInfo().username
  return { id: null, name: invoker ? `${invoker} (${user})` : user, via: 'box', from: null }
}

/** Something that the person has to do otherwise. */
export class AdminError extends PanelError {
  readonly code: string

  constructor(code: `admin.${string}`, message: string) {
    super(message)
    this.code = code
  }
}
