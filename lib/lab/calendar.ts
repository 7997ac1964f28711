const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const WORDS: Readonly<Record<string, string>> = {
  minutely: '*:0/1',
  hourly: '*:00',
  daily: '00:00',
  weekly: 'mon 00:00',
  monthly: '00:00',
}

function daysOf(text: string): Set<number> {
  const days = new Set<number>()
  for (const part of text.split(',')) {
    const [from, to] = part.split(/\.\.|-/).map((day) => DAYS.indexOf(day.slice(0, 3)))
    for (let day = from ?? 0; ; day = (day + 1) % 7) {
      days.add(day)
      if (day === (to ?? from)) break
    }
  }
  return days
}

/** Whether a number is in `*`, `0/15`, `1,5` or `2..4`. */
function matches(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step] = part.split('/')
    const [from, to] = range === '*' ? [0, 59] : range.split('..').map(Number)
    if (from === undefined || Number.isNaN(from)) return false
    if (step !== undefined) return value >= from && (value - from) % Number(step) === 0
    return value >= from && value <= (to ?? from)
  })
}

/**
 * When a calendar event such as `sun 02:00` or `*\/15` comes next after `wall` (UTC milliseconds);
 * null if it does not come within a week or is none.
 */
export function nextCalendarEvent(event: string, wall: number): number | null {
  const text = WORDS[event.trim()] ?? event.trim().toLowerCase()
  const parts = text.split(/\s+/)
  const dayPart = parts.find((part) => /^[a-z]/.test(part))
  const time = parts.find((part) => /^[\d*]/.test(part) && !/-/.test(part)) ?? '00:00'
  const days = dayPart ? daysOf(dayPart) : null
  const [hours, minutes] = time.includes(':') ? time.split(':') : ['*', time]
  const from = Math.floor(wall / 60_000) + 1
  for (let minute = from; minute <= from + 8 * 24 * 60; minute += 1) {
    const date = new Date(minute * 60_000)
    if (days && !days.has(date.getUTCDay())) continue
    if (matches(hours ?? '*', date.getUTCHours()) && matches(minutes ?? '0', date.getUTCMinutes()))
      return minute * 60_000
  }
  return null
}
