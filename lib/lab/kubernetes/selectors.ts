import type { KubeObject } from './kube'

/** Predicate of a label selector: `a=b`, `a!=b`, `a`, `!a`, `a in (b,c)`, joined by commas. */
export function byLabels(selector: string | undefined): (object: KubeObject) => boolean {
  if (!selector) return () => true
  const terms = selector.split(/,(?![^(]*\))/).map((term) => labelTerm(term.trim()))
  return (object) => terms.every((holds) => holds(object.metadata.labels ?? {}))
}

type Labels = Record<string, string>

function labelTerm(term: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
  if (set) {
    const [, key = '', how, values = ''] = set
    const wanted = values.split(',').map((value) => value.trim())
    return (labels) => wanted.includes(labels[key] ?? '') === (how === 'in')
  }
  const pair = /^([^!=]+)(==|=|!=)(.*)$/.exec(term)
  if (pair) {
    const [, key = '', how, value] = pair
    return (labels) => (labels[key] === value) === (how !== '!=')
  }
  if (term.startsWith('!')) return (labels) => !(term.slice(1) in labels)
  return (labels) => term in labels
}

/** Predicate of a field selector: `metadata.name=x,spec.nodeName!=y`. */
export function byFields(selector: string | undefined): (object: KubeObject) => boolean {
  if (!selector) return () => true
  const terms = selector.split(',').map((term) => {
    const [, path = '', how, value = ''] = /^([^!=]+)(==|=|!=)(.*)$/.exec(term) ?? []
    return { path: path.split('.'), equal: how !== '!=', value }
  })
  return (object) =>
    terms.every(
      ({ path, equal, value }) => (String(valueAt(object, path) ?? '') === value) === equal,
    )
}

const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    object,
  )
