const FULL = process.env.DEEP === 'full'
/** How often each property is tried in `npm run test:deep`. */
const DEEP_RUNS = 3000

/**
 * How often a property is tried: `few` times in `npm run check`, thousands in `npm run test:deep`,
 * where SEED gives other cases; `TOPOLOGY_RUNS` and `TOPOLOGY_SEED` say otherwise.
 */
export const runs = (few: number) => ({
  numRuns: Number(process.env.TOPOLOGY_RUNS ?? (FULL ? Math.max(few, DEEP_RUNS) : few)),
  seed: Number(process.env.TOPOLOGY_SEED ?? (FULL ? process.env.SEED : undefined) ?? 20_261_124),
})

/** Deep runs take minutes. */
export const SLOW = { timeout: FULL ? 3_600_000 : 900_000 }
