/** Schemas of `contract-account.ts`; server only. */
import { z } from 'zod'
import type {
  AddPasskeyRequest,
  ChangePasswordRequest,
  ConfirmRequest,
  PasskeyAnswer,
  PhoneSignInRequest,
  ProveTotpRequest,
  RenamePasskeyRequest,
  SecondFactorRequest,
} from './contract-account'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './password-length'

const TicketText = z.string().min(1).max(100)
const Code = z.string().trim().min(6).max(40)

/** A password that somebody sets; what is guessable is refused later, by name (password-policy.ts). */
export const NewPasswordText = z
  .string()
  .min(
    SHORTEST_PASSWORD,
    `use at least ${SHORTEST_PASSWORD} characters; a short sentence is easiest to remember`,
  )
  .max(LONGEST_PASSWORD, `use at most ${LONGEST_PASSWORD} characters`)

/** What a browser answers; the library looks at every part of it. */
const Response = z.looseObject({ id: z.string().min(1).max(2000) })

export const Passkey = z.strictObject({
  ticket: TicketText,
  response: Response,
}) satisfies z.ZodType<PasskeyAnswer>

export const SecondFactor = z.strictObject({
  ticket: TicketText,
  code: Code,
}) satisfies z.ZodType<SecondFactorRequest>

export const PhoneSignIn = z.strictObject({
  token: TicketText,
}) satisfies z.ZodType<PhoneSignInRequest>

export const Confirm = z.union([
  z.strictObject({ password: z.string().min(1).max(256), code: Code.optional() }),
  z.strictObject({ passkey: Passkey }),
]) satisfies z.ZodType<ConfirmRequest>

export const ChangePassword = z.strictObject({
  password: NewPasswordText,
  current: z.string().min(1).max(256).optional(),
}) satisfies z.ZodType<ChangePasswordRequest>

export const ProveTotp = z.strictObject({
  ticket: TicketText,
  code: Code,
}) satisfies z.ZodType<ProveTotpRequest>

const PasskeyName = z.string().trim().min(1).max(60)

export const AddPasskey = z.strictObject({
  ticket: TicketText,
  name: PasskeyName,
  response: Response,
}) satisfies z.ZodType<AddPasskeyRequest>

export const RenamePasskey = z.strictObject({
  name: PasskeyName,
}) satisfies z.ZodType<RenamePasskeyRequest>

/** A credential id may be long (up to 1023 bytes), ours are below 100 characters. */
export const MyParams = z.object({ id: z.string().min(1).max(1400) })
