import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'

/** Lines that a unit wrote since the last call. */
export type Journal = { next(): Promise<string[]> }

const MOST_LINES = 500

/** A unit's journal from now on. By cursor and not by time: clocks of guests may jump. */
export async function followJournal(session: GuestSession, unit: string): Promise<Journal> {
  let cursor: string | null = null
  const read = async (count: number) => {
    const after: string[] = cursor === null ? [] : ['--after-cursor', cursor]
    const said = await session.must(
      sh`journalctl -u ${unit} -o cat --no-pager -n ${count} --show-cursor ${after}`,
      { sudo: true },
    )
    const lines = said.split('\n')
    const shown = lines.findLast((line) => line.startsWith(CURSOR))
    if (shown !== undefined) cursor = shown.slice(CURSOR.length).trim()
    return lines.filter((line) => line !== '' && !line.startsWith('-- '))
  }
  await read(0)
  return { next: () => read(MOST_LINES) }
}

const CURSOR = '-- cursor: '
