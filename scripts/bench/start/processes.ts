import { readdirSync, readFileSync } from 'node:fs'

type Process = { pid: number; name: string }

/** The panel and its provisioner; what simulates a homelab is not counted. */
function counted(panelPid: number): Process[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === panelPid)
    .map((pid) => ({ pid, name: /([a-z-]+)\.mjs/.exec(commandOf(pid))?.[1] ?? 'other' }))
    .filter(({ name }) => name !== 'lab')
  return [{ pid: panelPid, name: 'panel' }, ...children]
}

/** Proportional set size of them all, in MiB (`/proc/PID/smaps_rollup`). */
export function pssMib(panelPid: number): { total: number; note: string } {
  const each = counted(panelPid).map(({ pid, name }) => ({
    name,
    mib: numberIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m) / 1024,
  }))
  return {
    total: each.reduce((sum, { mib }) => sum + mib, 0),
    note: each.map(({ name, mib }) => `${name} ${Math.round(mib)}`).join(', '),
  }
}

/** What they have had written to disk since they started, in MiB (`/proc/PID/io`). */
export function writtenMib(panelPid: number): number {
  return counted(panelPid)
    .map(({ pid }) => numberIn(`/proc/${pid}/io`, /^write_bytes: (\d+)/m) / 2 ** 20)
    .reduce((sum, mib) => sum + mib, 0)
}

const numberIn = (file: string, pattern: RegExp): number =>
  Number(pattern.exec(readFileSync(file, 'utf8'))?.[1])

const commandOf = (pid: number): string => readOrEmpty(`/proc/${pid}/cmdline`)
const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0)

/** Empty for a process that ended meanwhile. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH') return ''
    throw error
  }
}
