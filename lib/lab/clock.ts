/**
 * A moment in the lab. `at` is virtual milliseconds since the lab was made: real elapsed time times
 * `speed`, and everything is scheduled by it. `wall` is the real UTC time that timestamps in
 * answers show, so that they agree with the panel's own clock.
 */
export type Now = { at: number; wall: number; speed: number }

/** The same reading for an earlier virtual instant, used when events of the past are caught up with. */
export const atInstant = (now: Now, at: number): Now => ({
  at,
  wall: Math.round(now.wall - (now.at - at) / now.speed),
  speed: now.speed,
})

/** UTC seconds, as PVE writes times. */
export const wallSeconds = (now: Now): number => Math.floor(now.wall / 1000)
