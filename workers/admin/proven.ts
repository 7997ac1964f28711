import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { BackupManifest } from '@/lib/db/backup'
import { isProved } from '@/lib/db/backup-proof'
import { identityFile } from '@/lib/db/secret-keys'

/** The panel's key, for a backup to be proved by; nothing where it is not there. */
export function provenBy(dataDir: string): { identity?: string } {
  const file = identityFile(dataDir)
  return existsSync(file) ? { identity: readFileSync(file, 'utf8') } : {}
}

/**
 * Whether a backup is known to be as the panel wrote it: by its proof, or because it lies in the data
 * folder itself, where whoever could change it could change everything. `keys`: those that were in it,
 * opened by their passphrase, which nobody else can have sealed them to.
 */
export function isTrusted(
  folder: string,
  manifest: BackupManifest,
  { dataDir, keys }: { dataDir: string; keys: Record<string, string> | null },
): boolean {
  const inside = existsSync(dataDir)
    ? path.relative(realpathSync(dataDir), realpathSync(folder))
    : '..'
  if (!inside.startsWith('..') && !path.isAbsolute(inside)) return true
  const own = keys?.['provisioner.key'] ?? provenBy(dataDir).identity ?? null
  return isProved(manifest, own)
}
