/**
 * Lines of one process for whoever runs the panel: time, part, text, on standard output. Not a
 * job's log. A caller passes no secret; a line break in `text` is shown indented.
 */
export type Log = (text: string) => void

/** The log of the part named. */
export function logAs(part: string): Log {
  return (text) => {
    const lines = text.trimEnd().replaceAll('\n', '\n    ')
    process.stdout.write(`${new Date().toISOString()} ${part.padEnd(11)} ${lines}\n`)
  }
}
