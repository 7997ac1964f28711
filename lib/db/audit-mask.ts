import { KnownSecrets, maskText } from '@/lib/base/mask'
import type { Json } from '@/lib/topology/change'
import { showHidden } from '@/lib/topology/parse/hidden-characters'

/** Fields whose value is a secret whatever it looks like; not those that only end in a name's `id`. */
const SECRET_FIELD =
  /^(?:.*(?:password|passphrase|passwd|secret|privateKey|apiKey)|token|value|recoveryCodes?)$/i

/** A longer text is cut: the entry says what was done, not all that was sent. In characters. */
const LONGEST = 4000

/** At most {@link LONGEST} characters, and how many there were. */
export const shorten = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`

const NOTHING_KNOWN = new KnownSecrets()
const MASK = '[secret]'

/**
 * The same value with `[secret]` for what is one by the name of its field or by its looks. Callers
 * give no secrets; this is for the day that one does, in a log that forgets nothing.
 */
export function withoutSecrets(value: Json): Json {
  if (typeof value === 'string') return shorten(showHidden(maskText(NOTHING_KNOWN, value)))
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  if (isChange(value) && SECRET_FIELD.test(value.path.at(-1) ?? '')) return hidden(value)
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      typeof each === 'string' && SECRET_FIELD.test(key) ? MASK : withoutSecrets(each),
    ]),
  )
}

type ChangeJson = { path: string[]; from?: Json; to?: Json }

const isChange = (value: { [key: string]: Json }): value is ChangeJson =>
  Array.isArray(value.path) && value.path.every((step) => typeof step === 'string')

const hidden = ({ path, from, to }: ChangeJson): Json => ({
  path,
  ...(from === undefined ? {} : { from: MASK }),
  ...(to === undefined ? {} : { to: MASK }),
})
