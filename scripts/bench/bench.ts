/** What was measured: the median of `runs` with its range, in the bench's unit. */
export type Measured = { value: number; runs: number; min: number; max: number; note?: string }

/** One figure of a group. `name` is `group.what_unit`, as `npm run bench` prints it. */
export type Bench = { name: string; unit: string; run(): Promise<Measured> }

/** Median and range of some values, rounded to `digits`. */
export function measured(values: readonly number[], digits: number, note?: string): Measured {
  const sorted = values
    .map((value) => Number(value.toFixed(digits)))
    .sort((one, other) => one - other)
  const [min, value, max] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]
  if (min === undefined || value === undefined || max === undefined)
    throw new Error('nothing was measured')
  return { value, runs: sorted.length, min, max, ...(note === undefined ? {} : { note }) }
}
