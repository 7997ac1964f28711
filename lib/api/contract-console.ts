/** The screen in RFB, or the first serial port as a terminal. */
export type ConsoleKind = 'screen' | 'serial'

/** `POST /api/t/[t]/consoles`. */
export type OpenConsoleRequest = {
  /** Id of the VM in the document. */
  vm: string
  kind: ConsoleKind
  /** A serial port takes one at a time: ends somebody else's; without it that is a 409, `console.taken`. */
  take?: boolean
}

/** To be attached by the socket of the same session within half a minute. */
export type OpenConsoleAnswer = { id: string }

/** Who looks at what. */
export type ConsoleInUse = {
  vm: string
  kind: ConsoleKind
  /** Name of the person. */
  by: string
  /** Whether the one who asks opened it. */
  own: boolean
  /** UTC milliseconds. */
  since: number
}

/** `GET /api/t/[t]/consoles`. */
export type ConsolesAnswer = { consoles: ConsoleInUse[] }
