/**
 * How often a property is tried: `few` times in `npm run check`, `TOPOLOGY_RUNS` times in the deep
 * suite, where `TOPOLOGY_SEED` gives other cases.
 */
export const runs = (few: number) => ({
  numRuns: Number(process.env.TOPOLOGY_RUNS ?? few),
  seed: Number(process.env.TOPOLOGY_SEED ?? 20_261_124),
})

/** Deep runs take minutes. */
export const SLOW = { timeout: 900_000 }
