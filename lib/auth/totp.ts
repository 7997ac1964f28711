import { Secret, TOTP } from 'otpauth'

/** One-time codes as every authenticator makes them (RFC 6238): SHA-1, six digits, 30 s. */
const PERIOD_MS = 30_000
const SECRET_BYTES = 20
/** Steps before and after now whose code counts, because clocks differ. */
const WINDOW = 1

const totpOf = (secret: string, label = '') =>
  new TOTP({ issuer: 'Drawbridge', label, secret: Secret.fromBase32(secret) })

/** A new secret in base32, 160 random bits. */
export const makeTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** What an authenticator reads from the QR code. */
export const totpUri = (secret: string, name: string): string => totpOf(secret, name).toString()

/** The time step whose code this is, near `now` (UTC milliseconds); null: of none. */
export function totpStep(secret: string, code: string, now: number): number | null {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = totpOf(secret).validate({ token, timestamp: now, window: WINDOW })
  return delta === null ? null : Math.floor(now / PERIOD_MS) + delta
}
