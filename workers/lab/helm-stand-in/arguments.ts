/** Helm's command line, as far as the panel uses it. */
export type Arguments = { words: string[]; flags: Record<string, string | true> }

const BOOLEAN = new Set([
  'install',
  'wait',
  'all',
  'all-namespaces',
  'short',
  'ignore-not-found',
  'create-namespace',
])

/** Words and `--flag value` pairs. */
export function parseArguments(argv: readonly string[]): Arguments {
  const words: string[] = []
  const flags: Arguments['flags'] = {}
  for (let index = 0; index < argv.length; index += 1) {
    const each = argv[index] as string
    if (!each.startsWith('--')) words.push(each)
    else if (each.includes('='))
      flags[each.slice(2, each.indexOf('='))] = each.slice(each.indexOf('=') + 1)
    else if (BOOLEAN.has(each.slice(2))) flags[each.slice(2)] = true
    else {
      flags[each.slice(2)] = argv[index + 1] ?? ''
      index += 1
    }
  }
  return { words, flags }
}

/** `300s`, `5m` or `1h30m` in milliseconds. */
export function durationMs(text: string): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 }
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? 's'] ?? 0),
    0,
  )
}
