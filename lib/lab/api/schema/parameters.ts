import { type ParamSpec, parseParamSpecs } from '../params'
import words from './parameters.json'

/** What PVE's own schema says of one call. `specs` null: told by the endpoint itself. */
export type CallSchema = {
  specs: ParamSpec[] | null
  /** pveproxy hands it on to pvedaemon, which runs as root. */
  guarded: boolean
}

const TABLES = words as { '8.4': Record<string, string>; '9': Record<string, string | null> }
const parsed = new Map<string, CallSchema | null>()

function read(text: string): CallSchema {
  const guarded = text.startsWith('!')
  const rest = text.replace(/^!\s*/, '')
  return { specs: rest === '*' ? null : parseParamSpecs(rest), guarded }
}

/**
 * The schema of a call such as `GET /nodes/{node}/qemu` in that release; null where that release has
 * no such call. Undefined: neither release's dump tells of it.
 */
export function schemaOf(release: '8.4' | '9', call: string): CallSchema | null | undefined {
  const key = `${release} ${call}`
  const known = parsed.get(key)
  if (known !== undefined) return known
  // Containers have the firewall of VMs; the dumps tell it of those.
  const told = call.replace('/lxc/{vmid}/firewall/', '/qemu/{vmid}/firewall/')
  const eight = TABLES['8.4'][told]
  const text = release === '9' && told in TABLES['9'] ? TABLES['9'][told] : eight
  if (text === undefined) return release === '8.4' && told in TABLES['9'] ? null : undefined
  const schema = text === null ? null : read(text)
  parsed.set(key, schema)
  return schema
}
