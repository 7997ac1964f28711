import { createHash, randomBytes, randomUUID } from 'node:crypto'

const COUNT = 10
/** Base32 without what is mistaken for another: no I, L, O, U. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 24

/**
 * Ten new codes of 120 random bits, `4kq7-...`, and what is stored of them. From 112 bits on a plain
 * hash gives nothing away (OWASP ASVS 5.0.0 V6.5.2).
 */
export function makeRecoveryCodes(): { codes: string[]; stored: { id: string; hash: string }[] } {
  const codes = Array.from({ length: COUNT }, makeCode)
  return {
    codes,
    stored: codes.map((code) => ({ id: randomUUID(), hash: hashRecoveryCode(code) })),
  }
}

function makeCode(): string {
  // 32 divides 256: every letter is as likely as every other.
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % 32]).join('')
  return letters.match(/.{4}/g)?.join('-') ?? letters
}

/** What is compared: however the code was typed, without its hyphens and in any case of letters. */
export function hashRecoveryCode(code: string): string {
  const plain = code.toLowerCase().replace(/[\s-]/g, '')
  const meant = plain.replace(/[il]/g, '1').replace(/o/g, '0')
  return createHash('sha256').update(meant).digest('base64url')
}
