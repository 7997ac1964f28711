import type { LogLine } from '@/lib/live/log-line'

const HEADING = /^The last \d+ lines of the serial console of /
/** What fits beside a failure; all of them are in the log. */
const SHOWN = 20

/**
 * The end of what a machine printed on its serial console, as a step that waited for it told last
 * (lib/steps/guest-ready.ts); null where it told nothing.
 */
export function serialLines(lines: readonly LogLine[], stepId: string): string | null {
  const own = lines.filter((line) => line.stepId === stepId)
  const heading = own.findLastIndex(({ text }) => HEADING.test(text))
  if (heading < 0) return null
  const after = own.slice(heading + 1)
  const end = after.findIndex(({ text }) => !text.startsWith('|'))
  const told = (end < 0 ? after : after.slice(0, end)).map(({ text }) => text.replace(/^\| ?/, ''))
  return told.length === 0 ? null : `Serial console:\n${told.slice(-SHOWN).join('\n')}`
}
