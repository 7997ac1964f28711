import { faultText } from '@/lib/api/fault-text'
import { PanelError } from '@/lib/base/errors'
import { type KnownSecrets, maskText } from '@/lib/base/mask'
import type { Log } from '@/lib/io/log'
import type { QuestionKind, Questions } from '@/lib/live/questions'
import type { ToProvisioner } from '../ipc'
import { send } from './tell'

/** How each question is answered. What an answer holds is given to nobody else and never logged. */
export type Answers = {
  [K in QuestionKind]?: (question: Questions[K]['ask']) => Promise<Questions[K]['answer']>
}

/** Answers one question of the web process; a fault is answered too, in words. */
export async function answer(
  answers: Answers,
  { id, kind, question }: Extract<ToProvisioner, { type: 'ask' }>,
  { log, known }: { log: Log; known: KnownSecrets },
): Promise<void> {
  try {
    const give = answers[kind] as ((question: unknown) => Promise<unknown>) | undefined
    if (!give) throw new Error(`nothing answers "${kind}"`)
    send({ type: 'answer', id, answer: await give(question) })
  } catch (error) {
    if (!(error instanceof PanelError)) log(`${kind} failed: ${faultText(error)}`)
    const told = error instanceof PanelError
    send({
      type: 'answer',
      id,
      error: {
        code: told ? error.code : 'internal.bug',
        message: told
          ? maskText(known, error.message)
          : 'The provisioner failed here - it is a fault of its own, kept in its log - try again, and report it.',
      },
    })
  }
}
