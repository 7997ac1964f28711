import { generate } from 'lean-qr'
import type { Config } from '@/lib/io/env'
import type { Log } from '@/lib/io/log'
import { wayIn } from '@/lib/io/way-in'
import type { Web } from './web'

/**
 * Says at the start how the panel is reached and what that risks: with an authority of its own its
 * fingerprint and the page that installs it, as a QR code too where a person looks at a terminal.
 */
export function announceWayIn(
  config: Config,
  { tls, origin }: Pick<Web, 'tls' | 'origin'>,
  out: { log: Log; terminal: { write(text: string): unknown } | null },
): void {
  if (wayIn(config) === 'insecure')
    out.log(
      'NOT ENCRYPTED: plain HTTP on the network, as INSECURE_HTTP=on allows - whoever is on the way reads and changes passwords, cookies and every secret that is shown - use --lan, TLS_CERT and TLS_KEY, or TRUST_PROXY instead',
    )
  if (wayIn(config) === 'proxy' && !config.publicUrl)
    out.log('behind a proxy without PUBLIC_URL: only addresses are answered, no name - set it')
  if (!tls?.authority) return
  const { fingerprint, endsAt } = tls.authority
  out.log(
    `its authority: SHA-256 ${fingerprint}, until ${new Date(endsAt).toISOString().slice(0, 10)}`,
  )
  out.log(`make a device trust it: ${origin}/trust (compare that fingerprint)`)
  out.terminal?.write(`${terminalQr(`${origin}/trust`)}\n`)
}

/** Half blocks, two modules a line; black on white whatever the terminal's colours are. */
function terminalQr(text: string): string {
  const code = generate(text)
  const rows: string[] = []
  for (let y = -2; y < code.size + 2; y += 2) {
    let row = ''
    for (let x = -2; x < code.size + 2; x++) {
      const top = code.get(x, y)
      const bottom = code.get(x, y + 1)
      row += top ? (bottom ? ' ' : '▄') : bottom ? '▀' : '█'
    }
    rows.push(`\u001b[97;40m${row}\u001b[0m`)
  }
  return rows.join('\n')
}
