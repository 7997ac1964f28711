/** What ids and names are made of, apart from the schemas, so that a form can judge one as it is typed. */
export type NamePattern = { pattern: RegExp; words: string }

/** See `Id` in common.ts. */
export const ID_NAME: NamePattern = {
  pattern: /^(?!constructor$)(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  words: 'use lower-case letters, digits and inner hyphens, 1 to 63 characters, not digits alone',
}

/** See `PartName` in common.ts. */
export const PART_NAME: NamePattern = {
  pattern:
    /^(?!(constructor|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable)$)(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  words:
    'use the name that Proxmox has for it: letters, digits and inner hyphens, underscores and dots, 1 to 63 characters, not digits alone',
}

const PARTS: ReadonlySet<string> = new Set(['storages', 'bridges', 'nics', 'disks'])

/** What the keys of the map at a path are: Proxmox's names for the parts of a host, ids elsewhere. */
export const keyNameAt = (path: readonly string[]): NamePattern =>
  path.length === 3 && path[0] === 'hosts' && PARTS.has(path[2] ?? '') ? PART_NAME : ID_NAME
