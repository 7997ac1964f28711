/** MiB in one of each unit that people type. Decimal units are rounded down to what fits. */
const IN_MIB: Record<string, number> = {
  k: 1 / 1024,
  kib: 1 / 1024,
  m: 1,
  mib: 1,
  g: 1024,
  gib: 1024,
  t: 1024 * 1024,
  tib: 1024 * 1024,
  kb: 1000 / 1024 ** 2,
  mb: 1000 ** 2 / 1024 ** 2,
  gb: 1000 ** 3 / 1024 ** 2,
  tb: 1000 ** 4 / 1024 ** 2,
}

/**
 * A whole number of `unit` from what a person types: "16 GiB", "16384", "1.5T", "500 GB". A bare
 * number counts in `unit`. Null when it is no amount, or no whole one: "1 MiB" is no GiB, while
 * decimal units, which never fit exactly, are rounded down.
 */
export function parseQuantity(text: string, unit: 'MiB' | 'GiB'): number | null {
  const match = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)$/i.exec(text.trim().replaceAll('_', ''))
  if (!match) return null
  const amount = Number(match[1]!.replace(',', '.'))
  const typed = (match[2] || unit).toLowerCase()
  const factor = Object.hasOwn(IN_MIB, typed) ? IN_MIB[typed]! : null
  if (factor === null) return null
  const value = (amount * factor) / (unit === 'GiB' ? 1024 : 1)
  const whole = /^.b$/.test(typed) ? Math.floor(value) : value
  return Number.isSafeInteger(whole) ? whole : null
}

const SHOWN = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** "16 GiB", "1.5 TiB", "512 MiB": the largest unit with at most one decimal that is exact, else the unit itself. */
export function formatQuantity(value: number, unit: 'MiB' | 'GiB'): string {
  const units = unit === 'MiB' ? ['MiB', 'GiB', 'TiB'] : ['GiB', 'TiB']
  let shown = value
  let index = 0
  while (index < units.length - 1 && shown >= 1024 && Number.isInteger((shown / 1024) * 10)) {
    shown /= 1024
    index++
  }
  return `${SHOWN.format(shown)} ${units[index]}`
}
