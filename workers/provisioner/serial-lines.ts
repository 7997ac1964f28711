/** The most lines that are kept of a first boot. */
export const MOST_LINES = 200
/** A line that never ends is cut here, in characters. */
const MOST_LENGTH = 2000

const ESC = String.fromCharCode(0x1b)
const BEL = String.fromCharCode(7)
/** ECMA-48: CSI, OSC (ended by BEL or ST), and what is neither. */
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[ -/]*[0-~])`,
  'g',
)

/** The last lines of what a terminal prints, as bare text: no colours, no cursor, no bells. */
export class SerialLines {
  readonly #decoder = new TextDecoder()
  #lines: string[] = []
  #open = ''

  take(bytes: Uint8Array): void {
    const [open = '', ...rest] = (this.#open + this.#decoder.decode(bytes, { stream: true }))
      .replaceAll('\r\n', '\n')
      .split('\n')
      .reverse()
    this.#lines = [...this.#lines, ...rest.reverse().map(bare)].slice(-MOST_LINES)
    this.#open = open.slice(-MOST_LENGTH)
  }

  /** With the line that is not ended yet; empty ones at the end are left out. */
  read(): string[] {
    const all = [...this.#lines, bare(this.#open)]
    while (all.at(-1) === '') all.pop()
    return all.slice(-MOST_LINES)
  }
}

/** As it stands on the screen at last: what a bare carriage return wrote over is gone. */
const bare = (line: string): string =>
  withoutControls(line.replace(ESCAPES, '').replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .trimEnd()
    .slice(0, MOST_LENGTH)

const withoutControls = (text: string): string =>
  [...text].filter((letter) => letter === '\t' || /[^\p{Cc}]/u.test(letter)).join('')
