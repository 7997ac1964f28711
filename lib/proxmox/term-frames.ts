/**
 * The messages of a terminal over termproxy's websocket (pve-xtermjs, termproxy's source and
 * PVE's own client, xterm.js/main.js). What the terminal prints comes back bare, as it is.
 *
 *     client                                server
 *     user:ticket\n                     ->
 *                                       <-  OK and what is printed from then on
 *     0:<bytes>:<input>                 ->
 *     1:<columns>:<rows>:               ->
 *     2                                 ->  every 30 s, or the server closes
 */
export const PING_EVERY_MS = 30_000

/** What is typed: its length counts bytes of UTF-8, not characters. */
export function inputFrame(input: string | Uint8Array): Uint8Array {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  return joined(new TextEncoder().encode(`0:${bytes.length}:`), bytes)
}

/** The terminal's size, once after the greeting and at each change. */
export const resizeFrame = (columns: number, rows: number): Uint8Array =>
  new TextEncoder().encode(`1:${size(columns)}:${size(rows)}:`)

export const pingFrame = (): Uint8Array => new TextEncoder().encode('2')

const size = (value: number): number => Math.max(1, Math.min(9_999, Math.trunc(value)))

/** What came of the greeting, which may arrive in pieces and with the first output behind it. */
export type Greeted =
  | { state: 'waiting'; held: Uint8Array }
  | { state: 'open'; output: Uint8Array }
  | { state: 'refused' }

/** Takes what arrived so far: `held` of the answer before, and the new message. */
export function greeted(held: Uint8Array, message: Uint8Array): Greeted {
  const all = joined(held, message)
  const [o, k] = [0x4f, 0x4b]
  if ((all.length > 0 && all[0] !== o) || (all.length > 1 && all[1] !== k))
    return { state: 'refused' }
  return all.length < 2 ? { state: 'waiting', held: all } : { state: 'open', output: all.slice(2) }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
