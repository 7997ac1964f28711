/** Licences that ask for no more than their text, or bind only changes of their own files. */
const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'EPL-2.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
])

/**
 * Linked at run time as a library of its own, unchanged, and replaceable: what the LGPL asks for.
 * By package name.
 */
const LIBRARIES = /^@img\/sharp-libvips-/

/** Names that are no SPDX expression, as some manifests give them. */
const ALIASES = { 'SIL OPEN FONT LICENSE': 'OFL-1.1', 'MIT and ISC': 'MIT AND ISC' }

/**
 * Places in node_modules of everything that ships: not only needed for development. `devOptional`
 * are peers that a dependency would take if they were there, as `prisma` is for its client.
 * @param {{ packages: Record<string, { dev?: boolean, devOptional?: boolean, link?: boolean }> }} lock
 *   package-lock.json, version 3
 * @returns {string[]}
 */
export function shippedPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([place, entry]) => place !== '' && !entry.dev && !entry.devOptional && !entry.link)
    .map(([place]) => place)
}

/**
 * The SPDX expression that a package.json names, null if none. Old ones name it as an object or a list.
 * @param {any} manifest
 * @returns {string | null}
 */
export function licenceOf({ license, licenses }) {
  const named = license ?? licenses
  if (typeof named === 'string') return named
  if (Array.isArray(named)) return named.map((each) => each.type ?? each).join(' OR ') || null
  return named?.type ?? null
}

/**
 * Whether the panel may ship under this expression. Of an OR one side is enough, of an AND all.
 * @param {string | null} expression
 */
export function isAccepted(expression) {
  if (!expression) return false
  const plain = (ALIASES[expression] ?? expression)
    .replaceAll(/[()]/g, '')
    .replace(/\s+WITH\s+\S+/g, '')
  return plain
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((name) => ACCEPTED.has(name.trim())))
}

/**
 * Those that may not ship: GPL, AGPL, and whatever is not named or not known.
 * @template {{ name: string, licence: string | null }} T
 * @param {T[]} packages
 * @returns {T[]}
 */
export function failing(packages) {
  return packages.filter(({ name, licence }) => {
    const library = LIBRARIES.test(name) && /^LGPL-3\.0/.test(licence ?? '')
    return !library && !isAccepted(licence)
  })
}
