/**
 * Lines of one process for whoever runs the panel: time, part, text, on standard output. Not a
 * job's log. A caller passes no secret. A line break in `text` is shown indented and any
 * other control character by its code, so that no text of elsewhere forges a line or moves a terminal.
 */
export type Log = (text: string) => void

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g
const shown = (character: string) => {
  const code = character.charCodeAt(0)
  return code === 0x0d ? '' : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The log of the part named. */
export function logAs(part: string): Log {
  return (text) => {
    const lines = text.trimEnd().replace(CONTROL, shown).replaceAll('\n', '\n    ')
    process.stdout.write(`${new Date().toISOString()} ${part.padEnd(11)} ${lines}\n`)
  }
}
