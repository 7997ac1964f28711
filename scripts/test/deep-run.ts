import type { TestContext } from 'vitest'

/**
 * What this run of a deep suite draws: a fixed-seed sample in `npm test`, all of it in
 * `npm run test:deep` (which sets DEEP=full). SEED draws others.
 */
export function deepRun(
  context: Pick<TestContext, 'task'>,
  sizes: { sample: number; full: number },
): { cases: number; seed: number } {
  const cases = process.env.DEEP === 'full' ? sizes.full : sizes.sample
  // Read by scripts/test/deep.mjs for the suite's line.
  Object.assign(context.task.meta, { cases })
  return { cases, seed: Number(process.env.SEED ?? 1) }
}
