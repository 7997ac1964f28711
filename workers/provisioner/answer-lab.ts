import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { request } from 'undici'
import type { LabFault, LabFaultKind, LabView } from '@/lib/api/contract-lab'
import { PanelError } from '@/lib/base/errors'
import type { Answers } from './answers'

/** The page waits 15 s; the lab is on this machine. */
const WITHIN_MS = 5_000

type Control = { url: string; key: string }
type Verb = 'GET' | 'POST' | 'DELETE'

/**
 * What the provisioner answers about the lab itself: the one process that opens connections asks the
 * lab's own paths, which are beside the ports that its failures break.
 */
export function labAnswers(dataDir: string): Answers {
  const ask = async (verb: Verb, at: string, body?: unknown): Promise<unknown> =>
    askLab(await controlOf(dataDir), verb, at, body)
  return {
    async 'lab.view'() {
      try {
        const [lab, kinds] = await Promise.all([
          ask('GET', '/lab/view'),
          ask('GET', '/lab/faults/kinds'),
        ])
        return { lab: lab as LabView, kinds: kinds as LabFaultKind[] }
      } catch (error) {
        if (error instanceof LabAbsentError) return { lab: null, kinds: [] }
        throw error
      }
    },
    async 'lab.break'({ fault }) {
      return (await ask('POST', '/lab/faults', fault)) as LabFault
    },
    async 'lab.mend'({ id }) {
      await ask('DELETE', id === null ? '/lab/faults' : `/lab/faults/${encodeURIComponent(id)}`, {})
      return {}
    },
    async 'lab.reset'(shape) {
      await ask('POST', '/lab/reset', shape)
      return {}
    },
  }
}

/** Where the lab's process said that its own paths are; a file of a lab before this one has none. */
async function controlOf(dataDir: string): Promise<Control> {
  try {
    const text = await readFile(path.join(dataDir, 'lab', 'connection.json'), 'utf8')
    const { control } = JSON.parse(text) as { control?: Control }
    if (control) return control
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  throw new LabAbsentError()
}

async function askLab(
  { url, key }: Control,
  method: Verb,
  at: string,
  body: unknown,
): Promise<unknown> {
  let answer: Awaited<ReturnType<typeof request>>
  try {
    answer = await request(`${url}${at}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN_MS),
    })
  } catch (cause) {
    throw new LabAbsentError(cause)
  }
  const told = (await answer.body.json()) as { message?: string }
  if (answer.statusCode === 400) throw new FaultInvalidError(told.message ?? '')
  if (answer.statusCode >= 300) throw new LabAbsentError(told)
  return told
}

/** No lab runs, or it does not answer. */
export class LabAbsentError extends PanelError {
  readonly code = 'lab.absent'

  constructor(cause?: unknown) {
    super(
      'No lab runs here - it was switched off with LAB=off, its connection was removed, or it is starting - start the panel with the lab to break something in it.',
      { cause },
    )
  }
}

/** The lab does not know such a failure, or not with these parameters. */
class FaultInvalidError extends PanelError {
  readonly code = 'lab.fault-invalid'

  constructor(why: string) {
    super(`The lab cannot do this - ${why} - look at what is filled in.`)
  }
}
