import type { Edit } from '@/lib/topology/edit'
import { KINDS, type Kind } from '@/lib/topology/topology'

/** The edit that removes what a path names: an object with every reference to it, or a part of one. */
export function removeEdit(path: readonly string[]): Edit {
  const [kind, id] = path
  if (path.length === 2 && id !== undefined && isKind(kind)) {
    return { kind: 'removeObject', collection: kind, id }
  }
  return { kind: 'remove', path: [...path] }
}

function isKind(key: string | undefined): key is Kind {
  return KINDS.some((kind) => kind === key)
}
