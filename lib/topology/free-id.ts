/** The first of `base`, `base-2`, `base-3` ... that no key of the map has. */
export function freeId(taken: Readonly<Record<string, unknown>> | undefined, base: string): string {
  let id = base
  for (let n = 2; taken && Object.hasOwn(taken, id); n++) id = `${base}-${n}`
  return id
}
