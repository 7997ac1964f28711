import { createHash } from 'node:crypto'
import { EXPORTS_PATH } from '@/lib/plan/files/exports'
import { HAPROXY_PATH } from '@/lib/plan/files/haproxy'
import type { GuestFacts } from '@/lib/plan/observed'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'

/** What a machine of this role keeps that planning compares. */
const LOOKED_AT = {
  'load-balancer': { file: HAPROXY_PATH, service: 'haproxy' },
  nfs: { file: EXPORTS_PATH, service: 'nfs-server' },
} as const

export type LookedAtRole = keyof typeof LOOKED_AT

export const isLookedAt = (role: string): role is LookedAtRole => role in LOOKED_AT

/** Reads only. Throws `SshError` if the guest cannot be asked. */
export async function observeGuest(session: GuestSession, role: LookedAtRole): Promise<GuestFacts> {
  const { file, service } = LOOKED_AT[role]
  const content = await session.readFile(file)
  const active = await session.run(sh`systemctl is-active ${service}`)
  return {
    files: {
      [file]: content === null ? null : createHash('sha256').update(content).digest('hex'),
    },
    services: { [service]: active.out.trim() },
  }
}
