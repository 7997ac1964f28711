import { advance, handle, nextDue } from '../advance'
import type { Answer } from '../api/answer'
import type { Upload } from '../api/request'
import type { Now } from '../clock'
import { makeLab, PANEL_TOKEN } from '../initial'
import type { Effect, LabState } from '../state'

const SECRET = '00000000-0000-4000-8000-000000000000'

export type Reply = {
  status: number
  reason: string
  data: unknown
  body: string | null
  delayMs: number
}

/** A lab in the hands of a test: time goes only where the test moves it. */
export function testLab(state?: LabState) {
  let at = state?.at ?? 0
  const now = (): Now => ({ at, wall: 1_795_000_000_000 + at, speed: 1 })
  const lab = state ?? makeLab(7, { tokenSecret: SECRET, rootPassword: 'root-password' }, now())
  const replies = new Map<number, Answer>()
  const seen: Effect[] = []

  const keep = (effects: Effect[]) => {
    seen.push(...effects)
    for (const effect of effects)
      if (effect.type === 'reply') replies.set(effect.ticket, effect.answer)
  }

  const toReply = ({ status, reason, body, delayMs }: Answer): Reply => ({
    status,
    reason,
    body,
    delayMs,
    data: body?.startsWith('{') ? (JSON.parse(body) as { data: unknown }).data : null,
  })

  type Auth = {
    token?: string | null
    ticket?: string | null
    csrf?: string | null
    upload?: Upload
  }

  /** Sends a request; one that waits for a lock is answered when time has gone on to its end. */
  function call(
    method: string,
    path: string,
    params: Record<string, unknown> = {},
    auth: Auth = {},
  ): Reply {
    const { outcome, effects } = handle(
      lab,
      {
        method,
        path,
        params,
        token: auth.token === undefined ? `${PANEL_TOKEN}=${SECRET}` : auth.token,
        ticket: auth.ticket ?? null,
        csrf: auth.csrf ?? null,
        upload: auth.upload ?? null,
      },
      now(),
    )
    keep(effects)
    if ('answer' in outcome) return toReply(outcome.answer)
    while (!replies.has(outcome.ticket)) step()
    return toReply(replies.get(outcome.ticket) as Answer)
  }

  /** On to the next thing that happens by itself. */
  function step(): void {
    const due = nextDue(lab)
    if (due === null) throw new Error('nothing is going to happen')
    at = Math.max(at, due)
    keep(advance(lab, now()))
  }

  function wait(ms: number): void {
    at += ms
    keep(advance(lab, now()))
  }

  const taskOf = (upid: unknown) => lab.tasks.find((task) => task.upid === upid)

  /** Lets time pass until the task is over; how it ended and what it logged. */
  function finish(reply: Reply): { exit: string; log: string[]; ms: number } {
    for (;;) {
      const task = taskOf(reply.data)
      if (!task) throw new Error(`no task: ${reply.status} ${reply.reason} ${reply.body}`)
      if (task.exit !== null)
        return { exit: task.exit, log: task.log, ms: (task.endAt ?? 0) - task.startAt }
      step()
    }
  }

  return { state: lab, call, step, wait, finish, taskOf, seen, now }
}

export type TestLab = ReturnType<typeof testLab>

export const QEMU = '/nodes/pve1/qemu'

/** A VM with one 8 GiB disk; options come on top. */
export function makeVm(lab: TestLab, vmid: number, options: Record<string, string> = {}): void {
  const made = lab.finish(
    lab.call('POST', QEMU, {
      vmid: String(vmid),
      name: `vm-${vmid}`,
      scsihw: 'virtio-scsi-single',
      scsi0: 'local-lvm:8',
      ...options,
    }),
  )
  if (made.exit !== 'OK') throw new Error(made.exit)
}

/** A template made of a cloud image. */
export function makeTemplate(lab: TestLab, vmid: number): void {
  lab.finish(
    lab.call('POST', '/nodes/pve1/storage/local/download-url', {
      content: 'import',
      filename: 'jammy.qcow2',
      url: 'https://cloud-images.ubuntu.com/jammy.img',
    }),
  )
  makeVm(lab, vmid, {
    scsi0: 'local-lvm:0,import-from=local:import/jammy.qcow2',
    serial0: 'socket',
    net0: 'virtio,bridge=vmbr0',
  })
  lab.finish(lab.call('POST', `${QEMU}/${vmid}/template`))
}

export const configOf = (lab: TestLab, vmid: number): Record<string, string | number> =>
  lab.call('GET', `${QEMU}/${vmid}/config`).data as Record<string, string | number>
