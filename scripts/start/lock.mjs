import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const LOOK_MS = 500

/**
 * Runs `work` while no other process holds the lock file; waits for one that does. A lock whose
 * process is gone (killed, power cut) counts as free.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileLocked(file, work) {
  while (!take(file)) await wait(LOOK_MS)
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!holderIsAlive(file)) rmSync(file, { force: true })
    return false
  }
}

/** @param {string} file */
function holderIsAlive(file) {
  try {
    return process.kill(Number(readFileSync(file, 'utf8')), 0)
  } catch (error) {
    // EPERM: alive, of another user. ENOENT: it was released meanwhile.
    return error.code === 'EPERM'
  }
}
