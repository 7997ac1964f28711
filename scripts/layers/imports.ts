/** One import of a file, as written. */
export type Import = {
  target: string
  /** Gone after compilation: only types are taken. */
  typeOnly: boolean
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?((?:[\w$*{},\s]|\bas\b)*?)\s*from\s+'([^']+)'/gm
const BARE = /^import\s+'([^']+)'/gm
const CALL = /\bimport\(\s*'([^']+)'\s*\)/g

/** The imports and re-exports of a TypeScript file as Biome formats it. */
export function importsOf(source: string): Import[] {
  const code = source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  return [
    ...[...code.matchAll(STATEMENT)].map(([, type, names = '', target = '']) => ({
      target,
      typeOnly: type !== undefined || onlyTypes(names),
    })),
    ...[...code.matchAll(BARE)].map(([, target = '']) => ({ target, typeOnly: false })),
    ...[...code.matchAll(CALL)].map((match) => ({
      target: match[1] ?? '',
      typeOnly: /\btypeof\s+$/.test(code.slice(0, match.index)),
    })),
  ]
}

const onlyTypes = (names: string): boolean => {
  const braces = /^\{(.*)\}$/s.exec(names.trim())?.[1]
  const each = braces?.split(',').filter((name) => name.trim() !== '') ?? []
  return each.length > 0 && each.every((name) => name.trim().startsWith('type '))
}
