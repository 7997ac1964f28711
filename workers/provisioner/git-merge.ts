import type { GitConflict } from '@/lib/api/contract-git'
import type { Json } from '@/lib/topology/change'
import { mergeTexts } from '@/lib/topology/merge'
import { parseTopology } from '@/lib/topology/parse'
import { rewriteText } from '@/lib/topology/rewrite'

export type GitMerge = { ok: true; text: string } | { ok: false; conflicts: GitConflict[] }

/** Three texts that parse: what both had, and what each has now. */
export type MergeSides = { base: string; git: string; panel: string }

/**
 * Merges what came in by Git into what the panel has, object by object. `wins`: whose value stands
 * where both changed one field, chosen by a person; without it each such field is a conflict.
 */
export function mergeGit(sides: MergeSides, wins: 'git' | 'panel' | null = null): GitMerge {
  const { base, git, panel } = sides
  const merged = mergeTexts(base, git, panel)
  if (merged.ok) return { ok: true, text: merged.text }
  const conflicts = merged.conflicts.map(({ path, mine, theirs }) => ({
    ...{ path, git: mine, panel: theirs },
  }))
  if (wins === null) return { ok: false, conflicts }
  // Whoever loses goes back to what both had in these places, so that only the other one changed them.
  const back = (text: string) =>
    rewriteText(
      text,
      conflicts.map(({ path }) => {
        const to = valueAt(base, path)
        return to === undefined ? { path } : { path, to }
      }),
    )
  const yielding = wins === 'git' ? { ...sides, panel: back(panel) } : { ...sides, git: back(git) }
  const again = mergeTexts(base, yielding.git, yielding.panel)
  return again.ok ? { ok: true, text: again.text } : { ok: false, conflicts }
}

function valueAt(text: string, path: readonly string[]): Json | undefined {
  const parsed = parseTopology(text)
  let value = (parsed.ok ? parsed.topology : undefined) as Json | undefined
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, step) ? value[step] : undefined
  }
  return value
}
