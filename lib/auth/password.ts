import { hash, verify } from '@node-rs/argon2'

/** argon2id with the library's defaults: 19 MiB, 2 passes, which is OWASP's first recommendation. */
export const hashPassword = (password: string): Promise<string> => hash(password)

/** Whether a password is the one that was hashed. */
export const isPassword = (hashed: string, password: string): Promise<boolean> =>
  verify(hashed, password)
