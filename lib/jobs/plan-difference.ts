import type { Plan } from '@/lib/plan/plan'
import { stepTitle } from '@/lib/plan/step-title'

/** Most steps of a kind of difference that a sentence names. */
const NAMED = 3

/** What another plan does differently from the approved one, as sentences for the person who approves. */
export function describeDifference(approved: Plan, now: Plan): string {
  const before = new Map(approved.steps.map((step) => [step.id, step]))
  const after = new Map(now.steps.map((step) => [step.id, step]))
  const added = now.steps.filter((step) => !before.has(step.id))
  const gone = approved.steps.filter((step) => !after.has(step.id))
  const other = now.steps.filter((step) => {
    const was = before.get(step.id)
    return was !== undefined && JSON.stringify(was.args) !== JSON.stringify(step.args)
  })
  const parts = [
    sentence('more', added.map(stepTitle)),
    sentence('less', gone.map(stepTitle)),
    sentence('different', other.map(stepTitle)),
  ].filter((part) => part !== null)
  return parts.length > 0 ? parts.join(' ') : 'The same steps, in another order.'
}

function sentence(word: string, titles: readonly string[]): string | null {
  if (titles.length === 0) return null
  const rest = titles.length > NAMED ? ` and ${titles.length - NAMED} others` : ''
  const steps = titles.length === 1 ? '1 step' : `${titles.length} steps`
  return `${steps} ${word}: ${titles.slice(0, NAMED).join(', ')}${rest}.`
}
