/**
 * What a token can be made for, each with its sentence for the person who makes one. A token never
 * may more than its owner: both have to be allowed.
 */
export const SCOPES = {
  'status:read': 'Read the status page: is everything all right, and if not why',
  'topologies:read': 'Read documents, plans and what was observed',
  'topologies:write': 'Save new revisions of documents',
  'jobs:read': 'Read jobs and their logs',
  'jobs:run': 'Deploy, start, stop, restart, retry and cancel; never what loses data',
  'connections:read': 'Read connections, without their tokens',
  'secrets:write': 'Set the value of a secret of a document, never read one',
  'audit:read': 'Read and export the audit log',
  'panel:read': 'Read the panel’s own state: version, disk, backups',
  'panel:backup': 'Make a backup of the panel now',
} as const

export type Scope = keyof typeof SCOPES

export const isScope = (text: string): text is Scope => Object.hasOwn(SCOPES, text)
