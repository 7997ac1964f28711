/**
 * A fault of ours for the panel's own log: what it says and where. The database library quotes what
 * was being written; of its errors only the last line, which names the fault, is kept.
 */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const quotes = error.name.startsWith('PrismaClient')
  if (!quotes) return error.stack ?? `${error.name}: ${error.message}`
  const said = error.message.trim().split('\n').at(-1) ?? ''
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return [`${error.name}: ${said}`, ...frames].join('\n')
}
