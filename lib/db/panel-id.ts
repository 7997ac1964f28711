import { randomInt } from 'node:crypto'
import type { Db } from './client'
import { ensureSetting } from './settings'

/** No letters that are mistaken for each other: it is read in descriptions on Proxmox. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/**
 * The panel's own id: eight characters made at first start. It is in the marker of everything that
 * the panel creates, so two panels on one Proxmox never take each other's machines for theirs.
 */
export function ensurePanelId(db: Db): Promise<string> {
  const made = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return ensureSetting(db, 'panel.id', made)
}
