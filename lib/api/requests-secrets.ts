/** Schemas of what secrets' routes take. Server only. */
import { z } from 'zod'
import type {
  KubeconfigRequest,
  RecoveryKitRequest,
  RevealRequest,
  SetDocumentSecretRequest,
  SetSecretRequest,
} from './contract-secrets'

/** A name in the secret store. */
const StoreName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'write the name as the list shows it')

/** A key file or a certificate chain fits; a line break at the end is kept. */
const Value = z.string().min(1, 'a secret cannot be empty').max(65_536)

export const SetSecret = z.strictObject({
  name: StoreName,
  value: Value.nullable(),
}) satisfies z.ZodType<SetSecretRequest>

export const Reveal = z.strictObject({ name: StoreName }) satisfies z.ZodType<RevealRequest>

export const DocumentSecretParams = z.object({
  t: z.string().min(1).max(200),
  name: z
    .string()
    .max(63)
    .regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
      'a secret’s name is lower-case letters, digits and inner hyphens',
    ),
})

export const SetDocumentSecret = z.strictObject({
  value: Value.nullable(),
}) satisfies z.ZodType<SetDocumentSecretRequest>

export const MakeKit = z.strictObject({
  passphrase: z.string().min(1).max(500),
}) satisfies z.ZodType<RecoveryKitRequest>

export const TakeKubeconfig = z.strictObject({
  cluster: z.string().min(1).max(200),
  again: z.boolean().exactOptional(),
}) satisfies z.ZodType<KubeconfigRequest>
