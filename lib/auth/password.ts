import { hash, type Options, verify } from '@node-rs/argon2'

/**
 * argon2id with 19 MiB, 2 passes and one lane: OWASP's first recommendation, and what a small box
 * computes in some tens of milliseconds. Raise them and every password follows at its next sign-in.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options

export const hashPassword = (password: string): Promise<string> => hash(password, COST)

/** Whether a password is the one that was hashed. */
export const isPassword = (hashed: string, password: string): Promise<boolean> =>
  verify(hashed, password)

/** Whether a hash was made with other costs than today's. */
export const isOutdated = (hashed: string): boolean =>
  !hashed.startsWith(
    `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`,
  )
