import type { BackupSummary } from '@/lib/api/contract-panel'
import { Reply, route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { toSummary } from '@/lib/db/panel-state'

export const POST = route('POST /api/panel/backups', {}, async ({ actor }) => {
  const manifest = await panel().upkeep.backUp('asked', actor)
  const summary: BackupSummary = toSummary({ name: manifest.name, manifest })
  return new Reply(summary, { status: 201 })
})
