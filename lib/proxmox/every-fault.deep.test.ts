import { expect, onTestFinished, test, vi } from 'vitest'
import { PanelError } from '@/lib/base/errors'
import type { FaultWish } from '@/lib/lab/parse-fault'
import type { LabState } from '@/lib/lab/state'
import { beginFault, endFaults } from '@/lib/lab/switch-fault'
import { deepRun } from '@/scripts/test/deep-run'
import { ProxmoxError } from './errors'
import type { Proxmox } from './proxmox'
import type { Limits } from './settings'
import type { CallRow, CallTarget } from './testing/call-target'
import { EVERY_CALL } from './testing/every-call'
import { type LabTarget, openLabTarget, untilAgentAnswers } from './testing/lab-target'

/** Failures of the host and of the way to it, each with what a call may be told. */
const FAULTS: Record<string, { wish: FaultWish; codes: RegExp }> = {
  'answered with 500': { wish: { kind: 'calls-fail', status: 500 }, codes: /failed$/ },
  'answered with 503': { wish: { kind: 'calls-fail', status: 503 }, codes: /busy$/ },
  'answered with 595': { wish: { kind: 'calls-fail', status: 595 }, codes: /unreachable$/ },
  'hangs, not done': { wish: { kind: 'calls-hang' }, codes: /unreachable$/ },
  'hangs, done': { wish: { kind: 'calls-hang', done: true }, codes: /unreachable$/ },
  'reset, not done': { wish: { kind: 'calls-reset' }, codes: /unreachable$/ },
  'reset, done': { wish: { kind: 'calls-reset', done: true }, codes: /unreachable$/ },
  slow: { wish: { kind: 'calls-slow', seconds: 5000 }, codes: /unreachable$/ },
  'locked out': { wish: { kind: 'locked-out' }, codes: /unreachable$/ },
  'power cut': { wish: { kind: 'power-cut' }, codes: /unreachable$/ },
  'another certificate': { wish: { kind: 'other-certificate' }, codes: /identity/ },
  'host refuses': {
    wish: { kind: 'host-down', node: 'pve1', how: 'refused' },
    codes: /unreachable$/,
  },
  'other host silent': {
    wish: { kind: 'host-down', node: 'pve2', how: 'timeout' },
    codes: /unreachable|not-found|task-failed|invalid|failed/,
  },
  'daemon dead': {
    wish: { kind: 'daemon-down', node: 'pve1', how: 'timeout' },
    codes: /unreachable$/,
  },
  'no quorum': { wish: { kind: 'no-quorum' }, codes: /no-quorum|task-failed|failed/ },
  'task vanishes, done': { wish: { kind: 'task-vanishes', done: true }, codes: /./ },
  'task vanishes, undone': { wish: { kind: 'task-vanishes' }, codes: /./ },
  'pool full': {
    wish: { kind: 'pool-full', storage: 'local-lvm', what: 'data' },
    codes: /task-failed|failed|unreachable/,
  },
  'disk lost': { wish: { kind: 'disk-lost', storage: 'local-lvm' }, codes: /./ },
  'no rights': {
    wish: { kind: 'privileges-lost', privileges: ['VM.Config.Disk', 'VM.PowerMgmt', 'VM.Audit'] },
    codes: /permission|not-found|task-failed/,
  },
}
const FAST = { connectMs: 300, answerMs: 300 }
/** An upload has 45 times the patience of other calls, for hosts that write it slowly. */
const MOST_MS = 300 * 45 + 5_000
/** A read is asked twice where its connection broke, 40 s each. */
const REAL_MS = 90_000
const ROWS = Object.entries<CallRow>(EVERY_CALL).filter(([, { only }]) => only !== 8)

/** A call and the task it starts, to their end. Throws what they throw. */
async function carryOut(row: CallRow, proxmox: Proxmox, target: CallTarget): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  const answer = await row.run(proxmox, target)
  const { patienceMs } = target
  if (row.is === 'task' && typeof answer === 'string')
    await proxmox.waitForTask(answer, { signal, patienceMs })
}

/** What is there, without what only counts and without what goes by itself. */
const worldOf = ({ vms, volumes, storages, hosts, sdn, pools, ha, backupJobs }: LabState) =>
  JSON.stringify({
    vms: Object.values(vms).map(({ vmid, node, config, pending, running, paused, snapshots }) => ({
      ...{ vmid, node, config, pending, running, paused, snapshots },
    })),
    volumes: Object.values(volumes).map(({ volid, node, bytes }) => ({ volid, node, bytes })),
    hosts: Object.values(hosts).map(({ node, network }) => ({ node, network })),
    ...{ storages, sdn, pools, ha, backupJobs },
  })

/** One call while something is broken: settles in time, in one clear error if at all, and denies truly. */
async function tried(
  at: LabTarget,
  [name, row]: (typeof ROWS)[number],
  { wish, codes }: (typeof FAULTS)[string],
  limits: Limits = FAST,
): Promise<string | null> {
  const { engine } = at.lab
  const before = structuredClone(engine.state)
  const target = { ...at.target, kept: new Map(at.target.kept) }
  engine.change((lab) => beginFault(lab, wish))
  const broken = worldOf(engine.state)
  const proxmox = at.connect(limits)
  const began = performance.now()
  let error: unknown = null
  await carryOut(row, proxmox, target).catch((thrown: unknown) => {
    error = thrown
  })
  const tookMs = performance.now() - began
  const after = worldOf(engine.state)
  const strangers = Object.keys(engine.state.vms).filter(
    (vmid) => !(vmid in before.vms) && !Object.values(target).includes(Number(vmid)),
  )
  engine.change(endFaults)
  engine.replace(before)
  await proxmox.close()
  if (tookMs > (limits === FAST ? MOST_MS : REAL_MS)) return `${name} took ${Math.round(tookMs)} ms`
  if (strangers.length > 0) return `${name} made ${strangers}`
  if (error === null) return null
  if (!(error instanceof PanelError)) return `${name} threw ${String(error)}`
  if (!codes.test(error.code)) return `${name} was told ${error.code}: ${error.message}`
  // A row may begin a task and wait for it: that nobody can read the task says nothing of its work.
  const unread = /^Read the (state|log) of task/.test(error.message)
  const denies =
    error instanceof ProxmoxError && !error.mayHaveHappened && row.is === 'change' && !unread
  return denies && after !== broken ? `${name} was denied, and happened: ${error.message}` : null
}

/** One of the faults at every fourth call, each in its turn. */
const drawOne = <T>(faults: readonly T[], index: number): readonly T[] =>
  index % 4 === 0 ? faults.slice((index / 4) % faults.length).slice(0, 1) : []

test('whatever is broken, a call ends in time, says what is wrong, and does nothing unsaid', async (context) => {
  const faults = Object.entries(FAULTS)
  const { cases, seed } = deepRun(context, {
    sample: Math.floor(ROWS.length / 4),
    full: ROWS.length * faults.length,
  })
  // All faults at each call, or one of them at every fourth.
  const all = cases > ROWS.length
  const at = await openLabTarget()
  onTestFinished(at.close)
  const proxmox = at.connect({})
  const wrong: Record<string, string> = {}
  for (const [index, entry] of ROWS.entries()) {
    const drawn = all ? faults : drawOne(faults, index + seed)
    for (const [what, fault] of drawn) {
      const found = await tried(at, entry, fault)
      if (found !== null) wrong[`${what}: ${entry[0]}`] = found
    }
    // Then the same call succeeds, on what it left.
    await carryOut(entry[1], proxmox, at.target).catch((error: unknown) => {
      wrong[`afterwards: ${entry[0]}`] = String(error)
    })
    await vi.waitFor(() => expect(at.lab.engine.state.tasks.some(({ run }) => run)).toBe(false), {
      ...{ timeout: 30_000, interval: 5 },
    })
    if (entry[0] === 'rebootVm') await untilAgentAnswers(proxmox, at.target)
  }
  await proxmox.close()
  expect(wrong).toEqual({})
})

test('with the real limits as well', async (context) => {
  const faults = Object.entries(FAULTS)
  // Up to 40 s each: in the short run the first one, which is answered.
  const { cases } = deepRun(context, { sample: 1, full: faults.length })
  const at = await openLabTarget()
  onTestFinished(at.close)
  const entry = ROWS.find(([name]) => name === 'bridges')
  if (!entry) throw new Error('the table has no bridges')
  const found: (string | null)[] = []
  for (const [, fault] of faults.slice(0, cases)) found.push(await tried(at, entry, fault, {}))
  expect(found.filter((each) => each !== null)).toEqual([])
})
