import { Readable } from 'node:stream'
import { advance, handle, nextDue } from '@/lib/lab/advance'
import type { Answer } from '@/lib/lab/api/answer'
import type { LabRequest } from '@/lib/lab/api/request'
import type { Effect, LabState } from '@/lib/lab/state'
import { answerHttp, type HttpRequest } from '@/workers/lab/pve-server'
import { differences } from './compare'
import { whyOutOfScope } from './out-of-scope'
import { RECORDED_FROM, recordedLab } from './recorded-lab'
import { bodyOf, isPoll, recordedAt, type Sample, taskEnds } from './recording'
import { arrange, lackOf } from './situations'
import { uploadOf } from './uploads'

/** One compared request: its place in the recording, and how the lab's answer differs. */
export type Compared = { index: number; sample: Sample; answer: Answer; differs: string[] }

export type Replayed = {
  compared: Compared[]
  /** Tasks that the recording saw end otherwise. */
  otherEnds: { index: number; recorded: string; here: string }[]
}

/** A lab in the hands of the replay: time goes where the recording's went. */
class ReplayedLab {
  readonly state: LabState = recordedLab()
  private at = 0
  private readonly answers = new Map<number, Answer>()

  now() {
    return { at: this.at, wall: RECORDED_FROM + this.at, speed: 1 }
  }

  private keep(effects: Effect[]): void {
    for (const effect of effects)
      if (effect.type === 'reply') this.answers.set(effect.ticket, effect.answer)
  }

  private step(): boolean {
    const due = nextDue(this.state)
    if (due === null) return false
    this.waitUntil(Math.max(due, this.at))
    return true
  }

  /** Lets time pass to that instant, if it is not later already. */
  waitUntil(at: number): void {
    this.at = Math.max(at, this.at)
    this.keep(advance(this.state, this.now()))
  }

  /** A request took so long there; here no less. */
  passAtLeast(from: number, ms: number): void {
    this.waitUntil(from + ms)
  }

  /** Answers at once, or when whatever it waits for is over. */
  async request(request: LabRequest): Promise<Answer> {
    const { outcome, effects } = handle(this.state, request, this.now())
    this.keep(effects)
    if ('ticket' in outcome) while (!this.answers.has(outcome.ticket) && this.step());
    const answer =
      'ticket' in outcome ? (this.answers.get(outcome.ticket) as Answer) : outcome.answer
    this.waitUntil(this.at + answer.delayMs)
    return answer
  }

  /** How the task ended, letting time pass until it has; null if there is none. */
  finish(upid: string): string | null {
    for (;;) {
      const task = this.state.tasks.find((other) => other.upid === upid)
      if (!task) return null
      if (task.exit !== null) return task.exit
      if (!this.step()) return null
    }
  }
}

/** What the recording's placeholders stand for here. */
type Known = {
  /** By user: names that begin with his are his, the rest is root's. */
  sessions: Record<string, { ticket: string; csrf: string }>
  tokens: Record<string, string>
  /** UPIDs and process ids: recorded to ours. */
  ids: Map<string, string>
}

/** Sends the whole recording to a lab, in its order, and compares every answer that is no poll. */
export async function replay(samples: readonly Sample[]): Promise<Replayed> {
  const lab = new ReplayedLab()
  const ends = taskEnds(samples)
  const known: Known = { sessions: {}, tokens: {}, ids: new Map() }
  const result: Replayed = { compared: [], otherEnds: [] }
  let previous = -1
  for (const [place, sample] of samples.entries()) {
    const index = sample.index ?? place
    const at = recordedAt(sample, samples[0] as Sample)
    arrange(lab.state, sample.name, { index, previous })
    previous = index
    if (at !== null) lab.waitUntil(at - Math.round((sample.secs ?? 0) * 1000))
    if (isPoll(sample)) {
      follow(lab, sample, index, known, result)
      continue
    }
    const kind = sample.status < 400 ? 'success' : 'error'
    // What its machine refused for want of something was not done there, so it is not done here.
    if (kind === 'error' && whyOutOfScope(sample.name, kind) !== null) continue
    const data = bodyOf(sample)?.data
    const lack = typeof data === 'string' ? lackOf(ends.get(data)) : null
    if (lack !== null) expectFailure(lab.state, data as string, lack)
    const sentAt = lab.now().at
    const request = await toRequest(sample, known)
    const answer = await answerHttp(request, (parsed) => lab.request(parsed))
    lab.state.faults = lab.state.faults.filter((fault) => fault.id !== 'lack')
    learn(sample, answer, known)
    if (sample.end !== undefined) lab.finish(String(bodyOf(answer)?.data))
    lab.passAtLeast(sentAt, Math.round((sample.secs ?? 0) * 1000))
    result.compared.push({ index, sample, answer, differs: differences(sample, answer) })
  }
  return result
}

/** A poll sends nothing: it lets the lab's task come to its end where the recorded one had. */
function follow(
  lab: ReplayedLab,
  sample: Sample,
  index: number,
  known: Known,
  result: Replayed,
): void {
  const data = bodyOf(sample)?.data as { upid?: string; exitstatus?: string } | null
  if (!data?.upid || !data.exitstatus) return
  const here = lab.finish(known.ids.get(data.upid) ?? '') ?? 'no such task'
  if (here !== data.exitstatus.trim() && here !== data.exitstatus)
    result.otherEnds.push({ index, recorded: data.exitstatus, here })
}

function expectFailure(state: LabState, upid: string, message: string): void {
  const [, , , , , task = '', id = ''] = upid.split(':')
  const vmid = /^\d+$/.test(id) ? { vmid: Number(id) } : {}
  state.faults.push({ id: 'lack', kind: 'task-fails', task, ...vmid, message, times: 1 })
}

/** The request as the worker would read it from a socket. */
async function toRequest(sample: Sample, known: Known): Promise<HttpRequest> {
  const { method, path, body, auth, headers = {} } = sample.request
  const sent = uploadOf(sample.name) ?? { body: body ?? '', headers }
  const text = withOurIds(sent.body, known)
  const request = Readable.from(text === '' ? [] : [Buffer.from(text, 'latin1')]) as HttpRequest
  request.method = method
  request.url = withOurIds(path, known)
  request.headers = {
    ...lowerCase(sent.headers),
    ...(text === '' ? {} : { 'content-length': String(Buffer.byteLength(text, 'latin1')) }),
    ...signIn(sample.name, auth ?? 'ticket', method, known),
  }
  return request
}

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]))

function withOurIds(text: string, known: Known): string {
  // The recording shows files of its machine under another name in answers than in requests.
  let made = text.replaceAll('%2Ftmp%2Fpve%2F', '%2Fsrv%2F')
  for (const [theirs, ours] of known.ids)
    made = made
      .replaceAll(encodeURIComponent(theirs), encodeURIComponent(ours))
      .replace(new RegExp(`(pid=)${theirs}$`), `$1${ours}`)
  return made
}

/** The header that the recording leaves out; some names say that a wrong one was sent. */
function signIn(
  name: string,
  auth: 'ticket' | 'token' | 'none',
  method: string,
  known: Known,
): Record<string, string> {
  if (auth === 'none') return {}
  if (auth === 'token') return { authorization: `PVEAPIToken=${tokenFor(name, known)}` }
  const session = known.sessions[name.startsWith('joe-') ? 'joe@pve' : 'root@pam']
  const ticket = `${session?.ticket}${name === 'bad-ticket' ? 'x' : ''}`
  const csrf = name === 'no-csrf' ? null : name === 'bad-csrf' ? 'nonsense' : `${session?.csrf}`
  return {
    cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`,
    ...(method === 'GET' || csrf === null ? {} : { csrfpreventiontoken: csrf }),
  }
}

function tokenFor(name: string, known: Known): string {
  if (name === 'garbage-token') return 'garbage'
  if (name === 'unknown-token') return 'root@pam!nope=00000000-0000-4000-8000-000000000000'
  if (name === 'bad-token-secret') return 'root@pam!lab=00000000-0000-4000-8000-000000000000'
  const id = name.startsWith('privsep') ? 'joe@pve!t1' : 'root@pam!lab'
  return `${id}=${known.tokens[id] ?? ''}`
}

/** Remembers tickets, tokens, UPIDs and process ids for what follows. */
function learn(sample: Sample, answer: Answer, known: Known): void {
  const [theirs, ours] = [bodyOf(sample)?.data, bodyOf(answer)?.data]
  if (typeof theirs === 'string' && typeof ours === 'string' && theirs.startsWith('UPID:'))
    known.ids.set(theirs, ours)
  if (!theirs || !ours || typeof theirs !== 'object' || typeof ours !== 'object') return
  const made = ours as Record<string, unknown>
  if (sample.name === 'ticket' && typeof made.ticket === 'string')
    known.sessions[String(made.username)] = {
      ...{ ticket: made.ticket, csrf: String(made.CSRFPreventionToken) },
    }
  if (typeof made['full-tokenid'] === 'string')
    known.tokens[made['full-tokenid']] = String(made.value)
  const pid = (theirs as Record<string, unknown>).pid
  if (sample.name.startsWith('agent-exec') && typeof pid === 'number')
    known.ids.set(String(pid), String(made.pid))
}
