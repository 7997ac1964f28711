import type { KubeObject } from './kube'

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON merge patch (RFC 7396): null removes, maps merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

/** Server-side apply, as far as one field manager that owns what it sends needs it. */
export function applyPatch(before: KubeObject | null, given: KubeObject): KubeObject {
  const merged = mergePatch(before ?? {}, withStringData(given)) as KubeObject
  return { ...merged, kind: given.kind, apiVersion: given.apiVersion }
}

/** A Secret's `stringData` is written to `data` in base64 and never given back. */
function withStringData(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || !isMap(object.stringData)) return object
  const { stringData, ...rest } = object
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, value]) => [
    key,
    btoa(String.fromCharCode(...new TextEncoder().encode(value))),
  ])
  return {
    ...rest,
    data: { ...(isMap(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) },
  }
}
