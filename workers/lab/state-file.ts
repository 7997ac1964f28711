import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabState } from '@/lib/lab/state'

/** At most one write in this time; a full deploy changes the state thousands of times. */
const EVERY_MS = 1000

export type StateFile = {
  /** What a lab before this one left, with connections' waiters dropped. Null: none, or another version. */
  load(): LabState | null
  /** Remembers that the state changed; it is written soon. */
  touch(state: LabState): void
  /** Writes now what has not been written. */
  flush(): void
}

/** `DATA/lab/state.json`, replaced atomically, mode 0600 since guests' files hold private keys. */
export function openStateFile(dataDir: string): StateFile {
  const folder = join(dataDir, 'lab')
  const path = join(folder, 'state.json')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  let dirty: LabState | null = null
  let timer: NodeJS.Timeout | null = null
  let kept = ''

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (!dirty) return
    const lasting = whatLasts(dirty)
    if (lasting !== kept) {
      writeFileSync(`${path}.new`, JSON.stringify(dirty), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    }
    kept = lasting
    dirty = null
  }

  return {
    load() {
      if (!existsSync(path)) return null
      const state = JSON.parse(readFileSync(path, 'utf8')) as LabState
      return state.v === 1 ? afterRestart(state) : null
    },
    touch(state) {
      dirty = state
      timer ??= setTimeout(flush, EVERY_MS)
      timer.unref()
    },
    flush,
  }
}

/** Without what only counts: requests that read shall not wear out an SD card. */
const whatLasts = (state: LabState): string =>
  JSON.stringify({ ...state, at: 0, serial: 0, record: null })

/** Connections ended with the old process: nobody waits for a lock, and no channel is open. */
function afterRestart(state: LabState): LabState {
  state.waiters = []
  for (const vm of Object.values(state.vms)) {
    if (!vm.guest) continue
    vm.guest.processes = vm.guest.processes.filter((process) => process.sink.kind !== 'channel')
    vm.guest.agentJobs = vm.guest.agentJobs.map(
      (job) => vm.guest?.processes.find((process) => process.id === job.id) ?? job,
    )
  }
  return state
}
