/**
 * PVE's property strings: `virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20`. A part without `=` is
 * the default key's value (JSONSchema.pm parse_property_string), kept here under `''`.
 */
export function parseProperties(text: string): Map<string, string> {
  return new Map(
    text
      .split(',')
      .filter(Boolean)
      .map((part) => {
        const at = part.indexOf('=')
        return at < 0 ? (['', part] as const) : ([part.slice(0, at), part.slice(at + 1)] as const)
      }),
  )
}

/** The text again; parts whose value is null are left out, `''` comes without its key. */
export function formatProperties(parts: readonly (readonly [string, string | number | null])[]) {
  return parts
    .filter(([, value]) => value !== null)
    .map(([key, value]) => (key === '' ? String(value) : `${key}=${value}`))
    .join(',')
}

/** PVE writes booleans in property strings in any of these ways (JSONSchema.pm:1215). */
export const isOn = (value: string | undefined): boolean =>
  value !== undefined && /^(1|on|yes|true)$/i.test(value)
