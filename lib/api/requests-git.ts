import { z } from 'zod'
import { readGitAddress, whyNotBranch, whyNotPath } from '@/lib/base/git-address'
import type {
  AcceptGitHostKeyRequest,
  ChooseGitRequest,
  GitSyncRequest,
  PutGitRequest,
} from './contract-git'

/** An address that is read and written again, so that what is stored has one form. */
const Url = z
  .string()
  .max(500)
  .transform((typed, context) => {
    const read = readGitAddress(typed)
    if (read.ok) return read.address.url
    context.addIssue({
      code: 'custom',
      message: `write https://... or git@host:path: ${read.reason}`,
    })
    return z.NEVER
  })

/** Text that `whyNot` has nothing against. */
const checked = (whyNot: (text: string) => string | null) =>
  z
    .string()
    .trim()
    .superRefine((text, context) => {
      const reason = whyNot(text)
      if (reason !== null) context.addIssue({ code: 'custom', message: reason })
    })

/** One line, as it goes into Git's credential protocol. */
const Line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'write one line without control characters')

/** Of PUT /api/t/:t/git. */
export const PutGit = z
  .strictObject({
    url: Url,
    branch: checked(whyNotBranch),
    path: checked(whyNotPath),
    auth: z.enum(['ssh-key', 'token']),
    username: Line(200),
    caPem: z
      .string()
      .trim()
      .max(20_000)
      .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/, 'paste a PEM')
      .nullable(),
    commitOn: z.enum(['message', 'deploy']),
    intervalS: z
      .number()
      .int()
      .max(604_800)
      .refine((s) => s === 0 || s >= 60, 'at least a minute, or 0'),
    autoApply: z.boolean(),
    token: Line(2000).min(1).optional(),
  })
  .refine(
    ({ url, auth }) => url.startsWith('ssh:') === (auth === 'ssh-key'),
    'a key goes with an SSH address, a token with an https one',
  ) satisfies z.ZodType<PutGitRequest, unknown>

/** Of POST /api/t/:t/git/sync. */
export const SyncGit = z.strictObject({
  commit: z.boolean(),
}) satisfies z.ZodType<GitSyncRequest>

/** Of POST /api/t/:t/git/choose. */
export const ChooseGit = z.strictObject({
  choice: z.enum(['theirs', 'ours', 'new-branch']),
  state: z.enum(['conflict', 'history-rewritten', 'unrelated', 'branch-missing', 'file-missing']),
  commit: z.string().max(64).nullable(),
}) satisfies z.ZodType<ChooseGitRequest>

/** Of POST /api/t/:t/git/host-key. */
export const AcceptGitHostKey = z.strictObject({
  offered: z.string().min(1).max(4000),
  compared: z.literal(true, 'tick that you compared it with what the server’s owner says'),
}) satisfies z.ZodType<AcceptGitHostKeyRequest>
