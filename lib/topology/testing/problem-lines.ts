import type { Problem } from '../problem'
import { factsOf } from '../rules/cost'
import { ENDED, ENDS, type Product } from '../rules/end-of-life'

/**
 * Problems as lines to review: severity, what it costs, code and place, and in a column of its own
 * the source of the fact. For golden files.
 */
export function problemLines(problems: readonly Problem[]): string {
  const lines = problems.map((problem) => {
    const { severity, code, path } = problem
    const facts = factsOf(code)
    const left = `${severity.padEnd(7)} ${(facts?.cost ?? '?').padEnd(6)} ${code} ${path.join('.')}`
    return `${left.padEnd(88)} # ${dated(problem) ?? facts?.source ?? "the document's own meaning"}`
  })
  return `${lines.join('\n')}\n`
}

/** The page that a date comes from: that of the line whose date the message gives. */
function dated({ code, path, message }: Problem): string | null {
  const addOn = path[2] === 'cni' ? 'calico' : (path[3] ?? '')
  if (code === 'addon.ended') return ENDED[addOn]?.source ?? null
  if (code === 'service.ended')
    return Object.values(ENDED).find(({ ends }) => message.includes(ends))?.source ?? null
  if (code !== 'addon.version-ended') return null
  return ENDS[addOn as Product].find(({ ends }) => message.includes(ends))?.source ?? null
}
