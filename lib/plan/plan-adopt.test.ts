import { expect, test } from 'vitest'
import type { Topology } from '@/lib/topology/topology'
import { makePlan } from './make-plan'
import { isTakenOver, markedNotes, parseMarker, takenOverMarker } from './marker'
import type { Observed, ObservedUnmarked, ObservedVm, VmSpec } from './observed'
import { CONTEXT, deployed, empty, guest, smallLab } from './testing/small-lab'

const MARKER = 'drawbridge:p1/small/vms/nas'

const topology: Topology = {
  drawbridge: 1,
  name: 'Mine',
  hosts: { pve1: { role: 'proxmox', connection: 'lab' } },
  networks: { lan: { cidr: '10.0.0.0/24' } },
  vms: {
    nas: {
      ...{ role: 'plain', adopted: true, host: 'pve1', vmid: 300, cpus: 2, memoryMib: 2048 },
      nics: { net0: { network: 'lan', mac: 'BC:24:11:00:00:01' } },
    },
  },
}

const there: ObservedUnmarked = {
  ...{ vmid: 300, node: 'pve1', name: 'nas', macs: ['BC:24:11:00:00:01'], notes: 'mine' },
  ...{ marker: null, lock: null, template: false },
}

const plan = (changes: Partial<ObservedUnmarked> | null, observed = empty(topology)) => {
  const seen: Observed = {
    ...observed,
    unmarked: changes === null ? {} : { nas: { ...there, ...changes } },
  }
  return makePlan({ kind: 'adopt' }, topology, seen, CONTEXT)
}

test('one line is added to the notes, and what was written stays', () => {
  const result = plan({})
  expect(result).toMatchObject({
    ok: true,
    plan: {
      level: 1,
      steps: [{ id: 'vm.adopt:nas', args: { macs: ['BC:24:11:00:00:01'] } }],
      changes: [
        {
          effect: 'adopt',
          fields: [{ field: 'description', from: 'mine', to: `mine\n${MARKER} taken over` }],
        },
      ],
    },
  })
})

test.each<[string, Partial<ObservedUnmarked> | null]>([
  ['plan.adopt-absent', null],
  ['plan.adopt-other', { macs: ['BC:24:11:00:00:02'] }],
  ['plan.adopt-marked', { marker: 'drawbridge:p9/t/vms/x' }],
  ['plan.adopt-template', { template: true }],
  ['plan.adopt-locked', { lock: 'backup' }],
])('%s', (code, changes) => {
  const result = plan(changes)
  expect(result.ok ? [] : result.refusals.map((each) => each.code)).toEqual([code])
})

test('a host that cannot be read is no absent machine', () => {
  const blind = empty(topology)
  blind.hosts.pve1 = { state: 'unknown', reason: 'it is off', since: null }
  const result = plan(null, blind)
  expect(result.ok ? [] : result.refusals.map(({ code }) => code)).not.toContain(
    'plan.adopt-absent',
  )
  expect(result.ok).toBe(false)
})

test('the line is found again among what people write', () => {
  for (const notes of ['', 'mine\n', 'two\nlines'])
    expect(parseMarker(markedNotes(notes, MARKER))).toMatchObject({ kind: 'vms', id: 'nas' })
})

function seenNas(): ObservedVm {
  const spec: VmSpec = {
    ...{ name: 'nas', cpus: 2, memoryMib: 2048, balloonMib: 0, cpuType: 'host', machine: 'q35' },
    ...{ agent: false, onBoot: false, startOrder: null, startDelayS: null, protection: false },
    ...{ bios: 'seabios', tags: [], nics: [], disks: [] },
  }
  return {
    ...{ vmid: 300, node: 'pve1', running: true, lock: null, uptimeS: 1, digest: 'd', uuid: null },
    ...{ spec, pending: [], addresses: null, cpuLoad: 0, memoryUsedMib: 0, seedAttached: false },
  }
}

test('what was taken over is never destroyed: refused by itself, left alone among all', () => {
  const observed = empty(topology)
  observed.vms.nas = { state: 'known', at: 1, value: seenNas() }
  if (observed.hosts.pve1?.state === 'known')
    observed.hosts.pve1.value.guests = [guest(300, 'nas', MARKER)]
  const one = makePlan({ kind: 'destroy', disks: [], vm: 'nas' }, topology, observed, CONTEXT)
  expect(one.ok ? [] : one.refusals.map(({ code }) => code)).toEqual(['plan.adopted'])
  const all = makePlan({ kind: 'destroy', disks: [] }, topology, observed, CONTEXT)
  expect(all).toMatchObject({ ok: true, plan: { steps: [] } })
  expect(all.ok && all.plan.notes.join()).toContain('nas was taken over')
})

test.each([
  ['the VM left the document', {}],
  ['its field was taken out', { nas: { role: 'plain' as const, host: 'pve1', vmid: 300 } }],
])('what was taken over is never destroyed, also when %s', (_, vms) => {
  const left = { ...topology, vms }
  const observed = empty(topology)
  observed.vms.nas = { state: 'known', at: 1, value: { ...seenNas(), takenOver: true } }
  if (observed.hosts.pve1?.state === 'known')
    observed.hosts.pve1.value.guests = [guest(300, 'nas', MARKER)]
  const all = makePlan({ kind: 'destroy', disks: [] }, left, observed, CONTEXT)
  expect(all).toMatchObject({ ok: true, plan: { steps: [] } })
  const one = makePlan({ kind: 'destroy', disks: [], vm: 'nas' }, left, observed, CONTEXT)
  expect(one.ok ? [] : one.refusals.map(({ code }) => code)).toEqual(['plan.adopted'])
})

test('the line of what was taken over says so, and still names the object', () => {
  const line = takenOverMarker(MARKER)
  expect(isTakenOver(markedNotes('mine', line))).toBe(true)
  expect(isTakenOver(markedNotes('mine', MARKER))).toBe(false)
  expect(parseMarker(line)).toEqual(parseMarker(MARKER))
})

/** A machine that was taken over, in a document that does not say so (any more). */
function forgotten() {
  const document = smallLab()
  const observed = deployed(document)
  if (observed.vms.box?.state === 'known') observed.vms.box.value.takenOver = true
  return { document, observed }
}
const codesOf = (result: ReturnType<typeof makePlan>) =>
  result.ok ? [] : result.refusals.map(({ code }) => code)

test('taking "adopted" out of the document hands nothing of the machine to the panel', () => {
  const { document, observed } = forgotten()
  document.vms!.box!.onBoot = false
  expect(codesOf(makePlan({ kind: 'deploy' }, document, observed, CONTEXT))).toEqual([
    'plan.taken-over',
  ])
})

test('what was taken over is never made anew, whether or not the document says so', () => {
  const { document, observed } = forgotten()
  const rebuild = { kind: 'rebuild', vm: 'box' } as const
  expect(codesOf(makePlan(rebuild, document, observed, CONTEXT))).toEqual(['plan.taken-over'])
  document.vms!.box!.adopted = true
  expect(codesOf(makePlan(rebuild, document, observed, CONTEXT))).toEqual(['plan.not-rebuildable'])
})
