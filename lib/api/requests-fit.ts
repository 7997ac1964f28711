/** Schemas of what the Fit page asks. Server only. */
import { z } from 'zod'

/** More than the questions of the largest drawing. */
const MOST_ANSWERS = 200

const Answers = z
  .record(z.string().max(100), z.string().max(300))
  .refine((answers) => Object.keys(answers).length <= MOST_ANSWERS, `at most ${MOST_ANSWERS}`)

/** The answers as JSON in the query; none without it. */
export const FitParams = z.object({
  connection: z.string().min(1).max(80).optional(),
  answers: z
    .string()
    .max(20_000)
    .default('{}')
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'write the answers as JSON' })
        return z.NEVER
      }
    })
    .pipe(Answers),
})
