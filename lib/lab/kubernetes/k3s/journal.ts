import { wallSeconds } from '../../clock'
import { readText, writeText } from '../../guest/filesystem'
import type { Process } from '../../guest/guest'
import type { Lab, Vm } from '../../state'

/** Where the lab keeps what a unit of k3s writes, for journalctl. */
export const journalPath = (unit: string) => `/var/log/journal/${unit}.lab`

export type Level = 'info' | 'warning' | 'error' | 'fatal'

/** A line as k3s writes it. */
export const logLine = ({ now }: Lab, level: Level, message: string): string =>
  `time="${new Date(now.wall).toISOString().replace(/\.\d+/, '')}" level=${level} msg=${JSON.stringify(message)}\n`

/** Adds a line to the journal of a process that runs as a unit; of one run by hand it shows nothing. */
export function say(lab: Lab, vm: Vm, process: Process, level: Level, message: string): void {
  if (process.sink.kind !== 'file') return
  writeText(lab, vm, process.sink.path, logLine(lab, level, message), {
    append: true,
    mtime: wallSeconds(lab.now),
  })
}

/** What a unit has written so far, line by line. */
export const journalOf = (lab: Lab, vm: Vm, unit: string): string[] =>
  (readText(lab, vm, journalPath(unit)) ?? '').split('\n').filter((line) => line !== '')
