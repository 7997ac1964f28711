import { whyOutOfScope } from './out-of-scope'
import type { Compared } from './replay'

export type Kind = 'success' | 'error'

/** One name of the recording, as success or as error: it agrees if every request of it does. */
export type Judged = {
  name: string
  kind: Kind
  /** Empty: it agrees. */
  differs: string[]
  /** Why it does not count, or null. */
  outOfScope: string | null
}

export type Share = { agree: number; of: number }

/** Names judged one by one, in the recording's order. */
export function judge(compared: readonly Compared[]): Judged[] {
  const names = new Map<string, Judged>()
  for (const { index, sample, differs } of compared) {
    const kind = sample.status < 400 ? 'success' : 'error'
    const key = `${kind} ${sample.name}`
    const found = names.get(key) ?? {
      ...{ name: sample.name, kind, differs: [] },
      outOfScope: whyOutOfScope(sample.name, kind),
    }
    found.differs.push(...differs.map((text) => `#${index} ${text}`))
    names.set(key, found as Judged)
  }
  return [...names.values()]
}

/** How many of those that count agree. */
export function shareOf(judged: readonly Judged[], kind: Kind): Share {
  const counted = judged.filter((each) => each.kind === kind && each.outOfScope === null)
  return { agree: counted.filter(({ differs }) => differs.length === 0).length, of: counted.length }
}
