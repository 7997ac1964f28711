import path from 'node:path'
import { importsOf } from './imports'
import { LAYERS, type Layer, RESERVED } from './layers'

/** Sources by their path from the root, such as `lib/dag/dag.ts`. Tests are not among them. */
export type Tree = ReadonlyMap<string, string>

type Edge = { from: string; to: string; typeOnly: boolean }

/** What a pure part may not touch, each with its name for the message. */
const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\./, 'the clock'],
  [/\bMath\.random\(|\brandomUUID\(|\bgetRandomValues\(/, 'randomness'],
  [
    /(?<![.\w])process\.(env|argv|cwd|exit|hrtime|nextTick|pid|platform|std)|\bimport\.meta\.env/,
    'the environment',
  ],
  [/\bset(Timeout|Interval|Immediate)\(/, 'a timer'],
  [/(?<![.\w])console\.(debug|dir|error|info|log|table|trace|warn)\b/, 'the console'],
  [/\bfetch\(|\bnew WebSocket\(/, 'the network'],
]

/** The part that a file belongs to: the longest key of the table that its path begins with. */
export function partOf(
  file: string,
  layers: Readonly<Record<string, Layer>> = LAYERS,
): string | null {
  const stem = file.replace(/\.tsx?$/, '')
  const fits = Object.keys(layers).filter((part) => stem === part || stem.startsWith(`${part}/`))
  return fits.sort((a, b) => b.length - a.length)[0] ?? null
}

/** Every broken rule as a sentence: unknown parts, forbidden imports and packages, impure code, cycles. */
export function violations(tree: Tree, layers: Readonly<Record<string, Layer>> = LAYERS): string[] {
  const edges = edgesOf(tree)
  return [
    ...[...tree.keys()]
      .filter((file) => partOf(file, layers) === null)
      .map((file) => `${file}: its folder is not in the table`),
    ...edges.flatMap((edge) => forbiddenPart(edge, layers)),
    ...[...tree].flatMap(([file, source]) => [
      ...forbiddenPackages(file, source, layers),
      ...impurities(file, source, layers),
    ]),
    ...cycleAmong(
      edges.filter(({ typeOnly }) => !typeOnly),
      (file) => file,
    ).map((cycle) => `files import each other: ${cycle}`),
    ...cycleAmong(
      edges.filter(({ typeOnly }) => !typeOnly),
      (file) => partOf(file, layers) ?? file,
    ).map((cycle) => `parts import each other: ${cycle}`),
  ]
}

/** Answers what a file takes along when it is loaded, itself included: files and packages. */
export function closuresIn(tree: Tree): (file: string) => Set<string> {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly } of edgesOf(tree)) {
    if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to])
  }
  return (file) => {
    const seen = new Set<string>()
    const visit = (at: string) => {
      if (seen.has(at)) return
      seen.add(at)
      for (const name of packagesOf(tree.get(at) ?? '')) seen.add(name)
      for (const to of next.get(at) ?? []) visit(to)
    }
    visit(file)
    return seen
  }
}

function edgesOf(tree: Tree): Edge[] {
  return [...tree].flatMap(([from, source]) =>
    importsOf(source).flatMap(({ target, typeOnly }) => {
      const to = fileOf(from, target, tree)
      return to ? [{ from, to, typeOnly }] : []
    }),
  )
}

/** The file that an import of our own code means; null for packages and for what is no module. */
function fileOf(from: string, target: string, tree: Tree): string | null {
  const stem = target.startsWith('@/')
    ? target.slice(2)
    : target.startsWith('.')
      ? path.posix.join(path.posix.dirname(from), target)
      : null
  if (stem === null) return null
  return [stem, `${stem}.ts`, `${stem}.tsx`].find((file) => tree.has(file)) ?? null
}

function forbiddenPart({ from, to }: Edge, layers: Readonly<Record<string, Layer>>): string[] {
  const mine = partOf(from, layers)
  const other = partOf(to, layers)
  if (!mine || !other || mine === other) return []
  return layers[mine]?.parts.includes(other)
    ? []
    : [`${from} imports ${to}: ${mine} may not import ${other}`]
}

/** Names of npm and node: packages whose code (not types) a file takes. */
const packagesOf = (source: string): string[] =>
  importsOf(source)
    .filter(
      ({ target, typeOnly }) => !typeOnly && !target.startsWith('.') && !target.startsWith('@/'),
    )
    .map(({ target }) =>
      target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/'),
    )

function forbiddenPackages(
  file: string,
  source: string,
  layers: Readonly<Record<string, Layer>>,
): string[] {
  const part = partOf(file, layers)
  const allowed = part ? layers[part]?.packages : undefined
  return packagesOf(source).flatMap((name) => {
    if (allowed && !allowed.includes(name)) return [`${file} imports ${name}: ${part} may not`]
    const keepers = RESERVED[name]
    const kept = keepers?.some((keeper) => file.startsWith(`${keeper}/`)) ?? true
    return kept ? [] : [`${file} imports ${name}: only ${keepers?.join(', ')} may`]
  })
}

function impurities(
  file: string,
  source: string,
  layers: Readonly<Record<string, Layer>>,
): string[] {
  const part = partOf(file, layers)
  if (!part || !layers[part]?.pure) return []
  const code = source
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''")
  return IMPURE.filter(([pattern]) => pattern.test(code)).map(
    ([, what]) => `${file} uses ${what}: ${part} is pure`,
  )
}

/** The first cycle found from each start, each told once as `a -> b -> a`. */
function cycleAmong(edges: readonly Edge[], groupOf: (file: string) => string): string[] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of edges) {
    const [a, b] = [groupOf(from), groupOf(to)]
    if (a !== b) next.set(a, (next.get(a) ?? new Set()).add(b))
  }
  const done = new Set<string>()
  const found: string[] = []
  const visit = (at: string, trail: string[]) => {
    const seenAt = trail.indexOf(at)
    if (seenAt >= 0) {
      found.push([...trail.slice(seenAt), at].join(' -> '))
      return
    }
    if (done.has(at)) return
    for (const to of next.get(at) ?? []) visit(to, [...trail, at])
    done.add(at)
  }
  for (const start of next.keys()) visit(start, [])
  return found
}
