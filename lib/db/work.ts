import type { BackupManifest } from './backup'
import type { BackupWish } from './backup-make'

/**
 * What the panel has done in a child process, because it blocks for as long as it takes: SQLite's
 * calls here are synchronous, and a page must not wait for a disk. It goes in as JSON on standard
 * input and comes out as one line of JSON; nothing of it is in an argument list.
 */
export type Work = {
  backup: { ask: Omit<BackupWish, 'sealedKeys'>; answer: BackupManifest }
  /** Reads every database through; the first fault in words, null when there is none. */
  check: { ask: { dataDir: string }; answer: { fault: string | null } }
  /** Whether the present key opens what is stored: names that it does not open, of so many. */
  'prove-keys': { ask: { dataDir: string }; answer: { unreadable: string[]; stored: number } }
}
export type WorkKind = keyof Work

export type WorkRequest = { [K in WorkKind]: { kind: K; ask: Work[K]['ask'] } }[WorkKind]
export type WorkAnswer =
  | { ok: true; answer: unknown }
  | { ok: false; code: string; message: string }

/** Has a piece of work done elsewhere; a `PanelError` when it fails. */
export type DoWork = <K extends WorkKind>(
  kind: K,
  ask: Work[K]['ask'],
) => Promise<Work[K]['answer']>
