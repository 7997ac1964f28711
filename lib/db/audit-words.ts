import type { AuditWord } from '@/lib/api/contract-audit'
import { pages } from '@/lib/api/paths'
import type { Json } from '@/lib/topology/change'
import { AUDIT_ACTIONS, type AuditFacts, inPast, isAuditAction } from './audit-actions'
import { changesOfObject } from './audit-changes'

/** What a sentence is made of: an entry's facts, who did it and where. */
export type AuditTold = AuditFacts & {
  action: string
  actorName: string
  topologyId: string | null
}

const UNDONE = { refused: ', and was refused', failed: ', and it failed' } as const

/**
 * An entry as a sentence without its full stop: `ada changed the connection Lab: url`. `about` is the
 * object on whose own page it stands: `ada changed memory 4 GiB → 8 GiB (revision 42)`.
 */
export function auditSentence(told: AuditTold, about?: string): AuditWord[] {
  const { actorName, action, outcome, note } = told
  const onObject = about && outcome === 'done' ? changesOfObject(told.after, about) : null
  if (onObject !== null) return [{ text: `${actorName} ${objectWords(onObject)}` }]
  if (!isAuditAction(action)) {
    const object = { text: `${told.object.kind} ${told.object.id}` }
    return [{ text: `${actorName}: ${action} ` }, object]
  }
  const { say, more } = AUDIT_ACTIONS[action]
  const phrase = outcome === 'done' ? inPast(say) : `tried to ${say}`
  const rest = more?.(told)
  const end = `${outcome === 'done' ? '' : UNDONE[outcome]}${rest ? `: ${rest}` : ''}`
  const why = note && !action.startsWith('topology.') ? ` (${note.replace(/\.$/, '')})` : ''
  return joined([
    { text: `${actorName} ` },
    ...inPlaceOfObject(phrase, told),
    { text: `${end}${why}` },
  ])
}

/** The sentence as plain text, for the export. */
export const sentenceText = (words: readonly AuditWord[]): string =>
  words.map(({ text }) => text).join('')

/** `added (revision 3)` stays; `memory 4 GiB → 8 GiB` was changed. */
const objectWords = (words: string): string =>
  /^(added|removed)\b/.test(words) ? words.replace(/^(\w+)/, '$1 it') : `changed ${words}`

function inPlaceOfObject(phrase: string, told: AuditTold): AuditWord[] {
  const [before = '', after] = phrase.split('{object}')
  if (after === undefined) return [{ text: before }]
  return [{ text: before }, objectWord(told), { text: after }]
}

function objectWord(told: AuditTold): AuditWord {
  const { kind, id } = told.object
  const text = nameIn(told.after) ?? nameIn(told.before) ?? (id || kind)
  const href = hrefOf(told)
  return href === null ? { text } : { text, href }
}

/** Names as they were then: an object may have another one by now, or be gone. */
function nameIn(value: Json | null): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const name = value.name ?? value.title
  return typeof name === 'string' && name !== '' ? name : null
}

function hrefOf({ object: { kind, id }, topologyId }: AuditTold): string | null {
  const t = topologyId
  switch (kind) {
    case 'topology':
      return pages.history(id)
    case 'job':
      return pages.job(id)
    case 'connection':
      return pages.connections()
    case 'account':
    case 'person':
      return pages.people()
    case 'token':
      return pages.tokens()
    case 'secret':
      return t === null ? pages.secrets() : null
    case 'cluster':
      return t === null ? null : pages.cluster(t)
    case 'vm':
      return t === null ? null : pages.vm(t, id)
    case 'host':
      return t === null ? null : pages.host(t, id)
    case 'backup':
    case 'panel':
      return pages.panel()
    default:
      return null
  }
}

function joined(words: readonly AuditWord[]): AuditWord[] {
  const out: AuditWord[] = []
  for (const word of words) {
    const last = out.at(-1)
    if (word.text === '') continue
    if (last && !last.href && !word.href) out[out.length - 1] = { text: last.text + word.text }
    else out.push(word)
  }
  return out
}
