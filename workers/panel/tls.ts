import type { Config } from '@/lib/io/env'
import type { Log } from '@/lib/io/log'
import { wayIn } from '@/lib/io/way-in'
import { openOwnTls } from './tls-own'

/** The panel's own certificate authority, as devices install it. */
export type Authority = {
  pem: string
  der: Buffer
  /** SHA-256, upper-case hex with colons, as browsers and systems show it. */
  fingerprint: string
  name: string
  /** UTC milliseconds. */
  endsAt: number
}

/** What the panel is served with over HTTPS. */
export type Tls = {
  /** Certificate with its chain, and key, PEM. */
  pair(): { cert: string; key: string }
  /** The names and addresses that the certificate covers; a `*.` may lead a name. */
  names(): readonly string[]
  /** Null where the certificate is the person's own, and while it is {@link temporary}. */
  readonly authority: Authority | null
  /**
   * Made for the page that says why nothing can be stored, and kept nowhere: nobody is asked to trust
   * it. The next {@link refresh} that finds the folder writable takes the panel's own.
   */
  readonly temporary?: boolean
  /** Looks whether another certificate is due, and takes it. Answers whether it did. */
  refresh(): Promise<boolean>
  /** How often to look, in milliseconds. */
  everyMs: number
}

/** The certificate that a configuration asks for; null where the panel speaks plain HTTP. */
export async function openTls(config: Config, log: Log): Promise<Tls | null> {
  if (config.ownCertificate) return openOwnTls(config.ownCertificate, config.publicUrl, log)
  if (wayIn(config) !== 'lan') return null
  // Only then: its libraries cost memory.
  const { openLanTls } = await import('./tls-lan')
  return openLanTls(config, log)
}
