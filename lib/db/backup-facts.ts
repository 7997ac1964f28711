import Database from 'libsql'
import type { BackupManifest } from './backup'

type Facts = Pick<BackupManifest, 'migration' | 'panelId' | 'audit'>

/**
 * What a panel's database says of itself, read without the rest of the panel: of any migration, also
 * of one that this program does not know.
 */
export function readFacts(file: string): Facts {
  const db = new Database(file, { timeout: 10_000 })
  try {
    const has = (table: string) =>
      db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table)
    const first = <T>(table: string, sql: string): T | null =>
      has(table) ? ((db.prepare(sql).get() as T | undefined) ?? null) : null
    const migration = first<{ name: string }>(
      '_prisma_migrations',
      `SELECT migration_name AS name FROM _prisma_migrations
       WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY migration_name DESC`,
    )
    const id = first<{ json: string }>(
      'Setting',
      `SELECT json FROM "Setting" WHERE key = 'panel.id'`,
    )
    return {
      migration: migration?.name ?? null,
      panelId: id ? (JSON.parse(id.json) as string) : null,
      audit: first('AuditEntry', 'SELECT seq, hash FROM "AuditEntry" ORDER BY seq DESC LIMIT 1'),
    }
  } finally {
    db.close()
  }
}
