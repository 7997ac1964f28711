/**
 * Something a person can do from anywhere on a page. One table of these drives the palette, the
 * keyboard and the `?` sheet, so that none of them can know more than the others.
 */
export type Action = {
  id: string
  /** A verb and its object: "Go to Jobs". */
  label: string
  /** Heading in the palette and the sheet. */
  group: string
  /** `g j`, `Ctrl-S`, `?`. Several ways are separated by a comma and a space: `Ctrl-K, /`. */
  keys?: string
  run: () => void
  /** Why it cannot be done now. */
  disabledReason?: string | null
  /** More words to find it by. */
  words?: string
  /** Keys alone: moving on a canvas is no entry of a palette. */
  keysOnly?: boolean
}

/** What the keyboard reader needs of an event. */
export type KeyPress = {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/**
 * A key as the table writes it: `g`, `?`, `Ctrl-K`, `Ctrl-Shift-Z`, `ArrowUp`. Cmd counts as Ctrl.
 * Null for a modifier alone.
 */
export function keyName(press: KeyPress): string | null {
  if (['Control', 'Meta', 'Alt', 'Shift', 'Dead', 'AltGraph'].includes(press.key)) return null
  const command = press.ctrlKey || press.metaKey
  const single = press.key.length === 1
  const key = single ? (command ? press.key.toUpperCase() : press.key) : press.key
  const parts: string[] = []
  if (command) parts.push('Ctrl')
  if (press.altKey) parts.push('Alt')
  // Shift is part of a character already: `?` is not `Shift-?`.
  if (press.shiftKey && (command || !single)) parts.push('Shift')
  return [...parts, key].join('-')
}

/** Whether a way to press an action would get in the way of typing: no Ctrl and no Alt in it. */
export const isSingleKey = (keys: string): boolean => !/^(Ctrl|Alt)-/.test(keys)

/** The ways to press an action, each a sequence of key names. */
export const keyWays = (action: Pick<Action, 'keys'>): string[] =>
  action.keys ? action.keys.split(', ') : []

export type KeyMatch = { action: Action | null; pending: readonly string[] }

/**
 * Reads one more key. `pending` are those pressed before it. Gives the action when a sequence is
 * complete, otherwise what is pending now: empty when no action begins like that. The last action
 * in the table wins, so that a page can take over a key of the frame.
 */
export function readKey(
  actions: readonly Action[],
  pending: readonly string[],
  key: string,
  options: { typing: boolean; singleKeys: boolean },
): KeyMatch {
  const usable = (way: string) => !isSingleKey(way) || (options.singleKeys && !options.typing)
  const find = (pressed: readonly string[]): KeyMatch | null => {
    const text = pressed.join(' ')
    for (const action of actions.toReversed()) {
      if (keyWays(action).some((way) => way === text && usable(way))) return { action, pending: [] }
    }
    const begins = actions.some((action) =>
      keyWays(action).some((way) => way.startsWith(`${text} `) && usable(way)),
    )
    return begins ? { action: null, pending: pressed } : null
  }
  return find([...pending, key]) ?? find([key]) ?? { action: null, pending: [] }
}
