import { StringDecoder } from 'node:string_decoder'
import { CUT_AT } from '@/lib/base/mask'

/**
 * Cuts a byte stream into lines, without their newline, at any boundary of chunks and characters. One
 * without end comes in pieces of {@link CUT_AT} characters, at whose borders a `LineMasker` leaves out
 * what could be half a secret.
 */
export function lineReader(onLine: (line: string) => void): {
  push(chunk: Buffer): void
  end(): void
} {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    for (; rest.length >= CUT_AT; rest = rest.slice(CUT_AT)) onLine(rest.slice(0, CUT_AT))
  }
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end())
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
