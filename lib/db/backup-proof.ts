import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '@/lib/base/canonical-hash'
import type { BackupManifest } from './backup'

/**
 * What proves that a manifest, and with its hashes every file of the backup, is as the panel wrote it:
 * an HMAC-SHA256 by a key that follows from the panel's own (`identity`, the text of
 * `provisioner.key`), 64 hex digits. Who can write to a share, and not read that key, could otherwise
 * put another address into a connection and be sent its token after a restore.
 */
export function proofOf({ proof: _, ...manifest }: BackupManifest, identity: string): string {
  const key = Buffer.from(hkdfSync('sha256', identity.trim(), '', 'drawbridge backup', 32))
  return createHmac('sha256', key).update(canonicalJson(manifest)).digest('hex')
}

/** Whether its proof is one of that key. A backup without one, as before a migration, has none. */
export function isProved(manifest: BackupManifest, identity: string | null): boolean {
  if (identity === null || manifest.proof === undefined) return false
  const [given, wanted] = [manifest.proof, proofOf(manifest, identity)]
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(wanted, 'hex'))
}
