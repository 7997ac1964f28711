/** Markup that is safe to send: every text in it has been escaped. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text
  }
}

/** What may stand in a template: a text is escaped, markup is not, `null` and `false` are left out. */
export type Part = Html | string | number | null | false | readonly Part[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)

const toText = (part: Part): string => {
  if (part === null || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(toText).join('')
  return escapeText(String(part))
}

/**
 * A template whose holes are escaped for element content and quoted attribute values; for nothing
 * else (no unquoted attribute, no script, no style). Indentation at line starts is dropped.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const fixed = strings.map((piece) => piece.replace(/\n\s*/g, ''))
  return new Html(fixed.map((piece, i) => piece + toText(parts[i] ?? null)).join(''))
}

/** Marks a constant of ours as markup. Never for anything that was read or typed. */
export const trusted = (constant: string): Html => new Html(constant)
