/** GET /api/panel: the panel's own state. Times in UTC milliseconds, sizes in bytes. */
export type PanelAnswer = {
  version: string
  node: string
  startedAt: number
  /** The panel's own clock now, to judge the times by. */
  now: number
  dataDir: string
  databaseBytes: number
  logsBytes: number
  disk: { freeBytes: number; totalBytes: number; level: 'ok' | 'low' | 'full' }
  /** What the last look through all databases found; null before the first. */
  integrity: { at: number; fault: string | null; tookMs: number } | null
  backups: {
    /** Where they go now. */
    folder: string
    /** Whether the environment fixes that (BACKUP_DIR). */
    folderFixed: boolean
    /** The folder cannot be read now: why. The list is empty then. */
    away: string | null
    /** When the next is due by the schedule; null: none is. */
    nextAt: number | null
    /** After which none was made; null when the last try went well. */
    failure: { at: number; code: string; message: string } | null
    settings: PanelSettings
    list: BackupSummary[]
  }
}

export type BackupSummary = {
  name: string
  at: number
  reason: 'scheduled' | 'asked' | 'box' | 'before-migration'
  version: string
  bytes: number
  /** Whether the panel's keys are in it, sealed to a passphrase. */
  keys: boolean
  /** Why it cannot be used; null: it was read back when it was made. */
  fault: string | null
}

/** PUT /api/panel/settings; answers {@link PanelAnswer}. */
export type PanelSettings = {
  enabled: boolean
  /** `03:30`, on the clock of `zone`. */
  at: string
  /** IANA name. */
  zone: string
  keep: { daily: number; weekly: number; monthly: number }
  /** Absolute; null: `backups` in the data folder. */
  folder: string | null
}
