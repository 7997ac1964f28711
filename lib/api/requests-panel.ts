import path from 'node:path'
import { z } from 'zod'
import { isBackupName } from '@/lib/base/backup-name'

const Count = z.number().int().min(0).max(1000)

const isZone = (text: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text })
    return true
  } catch {
    return false
  }
}

export const SetPanel = z.strictObject({
  enabled: z.boolean(),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 03:30'),
  zone: z.string().max(64).refine(isZone, 'a time zone, such as Europe/Berlin'),
  keep: z.strictObject({ daily: Count.min(1), weekly: Count, monthly: Count }),
  folder: z
    .string()
    .max(1024)
    .refine((text) => path.isAbsolute(text) && !text.includes('\0'), 'a path from the root on')
    .nullable(),
})

export const BackupParams = z.object({
  name: z.string().refine(isBackupName, 'the name of a backup'),
})

/** With `ready` it is only asked whether the download would go ahead. */
export const DownloadQuery = z.object({ ready: z.literal('1').optional() })
