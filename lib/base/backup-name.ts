const NAME = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-[a-z-]+(-\d+)?$/

/** Whether a text is the name of a backup of the panel, and no path: `2026-11-24T02-30-00Z-scheduled`. */
export const isBackupName = (text: string): boolean => NAME.test(text)
