import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Topology } from '@/lib/topology/topology'
import { hashSteps } from './hash'
import { makePlan } from './make-plan'
import type { Observed } from './observed'
import type { Goal, Plan } from './plan'
import { stepTitle } from './step-title'
import { CONTEXT, deployed, empty, guest, smallLab } from './testing/small-lab'

const deploy: Goal = { kind: 'deploy' }
function planOf(goal: Goal, topology: Topology, observed: Observed): Plan {
  const result = makePlan(goal, topology, observed, CONTEXT)
  if (!result.ok) throw new Error(result.refusals.map((r) => `${r.code}: ${r.message}`).join('\n'))
  return result.plan
}
const codes = (goal: Goal, topology: Topology, observed: Observed | null) => {
  const result = makePlan(goal, topology, observed, CONTEXT)
  return result.ok ? [] : result.refusals.map((refusal) => refusal.code)
}
const ids = (plan: Plan) => plan.steps.map((step) => step.id)
const withVm = (id: string, change: object): Topology => {
  const lab = smallLab()
  return { ...lab, vms: { ...lab.vms, [id]: { ...lab.vms![id]!, ...change } } }
}
/** The world in which `w1`, say, was changed by somebody. */
function seeing(change: (observed: Observed) => void): Observed {
  const observed = deployed(smallLab())
  change(observed)
  return observed
}
const vmIn = (observed: Observed, id: string) => {
  const seen = observed.vms[id]
  if (seen?.state !== 'known') throw new Error(`${id} is not known`)
  return seen.value
}

test('from nothing: template, then each VM by seed, clone, configuration, disks, start', () => {
  const plan = planOf(deploy, smallLab(), empty(smallLab()))
  expect(ids(plan).slice(0, 4)).toEqual([
    'image.download:jammy',
    'template.create:jammy',
    'template.bake:jammy',
    'template.seal:jammy',
  ])
  expect(ids(plan).filter((id) => id.endsWith(':m1'))).toEqual([
    'seed.upload:m1',
    'vm.clone:m1',
    'vm.configure:m1',
    'vm.disks:m1',
    'vm.start:m1',
    'guest.ready:m1',
    'seed.remove:m1',
  ])
  expect(plan.counts).toEqual({ create: 6, change: 0, reboot: 0, replace: 0, destroy: 0 })
  expect(plan.level).toBe(0)
  expect(plan.losses).toEqual([])
  expect(plan.criticalPath.at(-1)).toMatch(/^seed.remove:/)
  expect(plan.etaS).toBeGreaterThan(300)
})

test('what is deployed plans to nothing', () => {
  const plan = planOf(deploy, smallLab(), deployed(smallLab()))
  expect(plan.steps).toEqual([])
  expect(plan.changes).toEqual([])
})

test('a plan is plain JSON, ordered by its needs', () => {
  const plan = planOf(deploy, smallLab(), empty(smallLab()))
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  const place = new Map(plan.steps.map((step, i) => [step.id, i]))
  for (const step of plan.steps)
    for (const need of step.needs) expect(place.get(need)).toBeLessThan(place.get(step.id) ?? -1)
})

test('more memory is one reboot of that VM and nothing else', () => {
  const plan = planOf(deploy, withVm('w2', { memoryMib: 8192 }), deployed(smallLab()))
  expect(ids(plan)).toEqual(['vm.configure:w2', 'vm.restart:w2', 'guest.ready:w2'])
  expect(plan.counts).toEqual({ create: 0, change: 0, reboot: 1, replace: 0, destroy: 0 })
  expect(plan.changes[0]?.fields).toEqual([
    { field: 'memoryMib', from: '4096', to: '8192', cost: 'reboot' },
  ])
  expect(plan.level).toBe(1)
})

test('tags, protection and a grown disk interrupt nothing', () => {
  const disks = { root: { kind: 'system', sizeGib: 60 } }
  const plan = planOf(
    deploy,
    withVm('w2', { tags: ['x'], protection: true, disks }),
    deployed(smallLab()),
  )
  expect(ids(plan)).toEqual(['vm.configure:w2', 'vm.disks:w2'])
  const moved = { root: { kind: 'system', storage: 'local' } }
  const move = planOf(deploy, withVm('w2', { disks: moved }), deployed(smallLab()))
  expect(ids(move)).toEqual(['vm.disks:w2'])
  expect(plan.counts.reboot).toBe(0)
  expect(plan.counts.change).toBe(1)
})

test('a new data disk is made; one that was kept is attached instead', () => {
  const disks = { root: { kind: 'system' }, extra: { kind: 'data', sizeGib: 10 } }
  const topology = withVm('w2', { disks })
  expect(ids(planOf(deploy, topology, deployed(smallLab())))).toEqual(['vm.disks:w2'])
  const serial = vmIn(deployed(topology), 'w2').spec.disks[1]!.serial!
  const observed = seeing((world) => {
    world.parked = [{ serial, node: 'pve1', holderVmid: 9900, storage: 'local-lvm', sizeGib: 10 }]
  })
  expect(ids(planOf(deploy, topology, observed))).toEqual([
    `disk.unpark:w2/${serial}`,
    'vm.disks:w2',
  ])
})

test('a data disk that left the document is kept with the holder, never deleted', () => {
  const plan = planOf(
    deploy,
    withVm('w1', { disks: { root: { kind: 'system' } } }),
    deployed(smallLab()),
  )
  expect(plan.steps.map((step) => step.kind)).toEqual([
    'vm.stop',
    'disk.park',
    'vm.start',
    'guest.ready',
  ])
})

test('a change that waits in Proxmox is brought about by a restart', () => {
  const observed = seeing((world) => vmIn(world, 'w2').pending.push('memory'))
  expect(ids(planOf(deploy, smallLab(), observed))).toEqual(['vm.restart:w2', 'guest.ready:w2'])
})

test('restarts of one cluster come one after the other', () => {
  const lab = smallLab()
  lab.clusters = {
    c: {
      ...{ kubernetes: '1.29', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12' },
      ...{ controlPlanes: ['m1'], workers: ['w1', 'w2'], loadBalancers: ['lb'] },
    },
  }
  lab.sizes!.small!.memoryMib = 8192
  const plan = makePlan(deploy, lab, deployed(smallLab()), CONTEXT)
  if (!plan.ok) throw new Error('refused')
  const restarts = plan.plan.steps.filter((step) => step.kind === 'vm.restart')
  expect(restarts).toHaveLength(5)
  expect(restarts.map((step) => step.needs.find((need) => need.startsWith('guest.ready')))).toEqual(
    [undefined, 'guest.ready:lb', 'guest.ready:m1', 'guest.ready:w1', undefined],
  )
})

test('a stopped VM is started, a seed that stayed attached is removed', () => {
  const observed = seeing((world) => {
    vmIn(world, 'w1').running = false
    vmIn(world, 'w2').seedAttached = true
  })
  expect(ids(planOf(deploy, smallLab(), observed))).toEqual([
    'vm.start:w1',
    'guest.ready:w1',
    'guest.ready:w2',
    'seed.remove:w2',
  ])
})

test('what cannot be done is refused with its reason, all at once', () => {
  const observed = deployed(smallLab())
  const shrunk = { root: { kind: 'system', sizeGib: 10 } }
  expect(codes(deploy, withVm('w2', { disks: shrunk }), observed)).toEqual(['plan.disk-shrink'])
  expect(codes(deploy, withVm('w2', { vmid: 299 }), observed)).toEqual(['plan.vmid-changed'])
  const nics = { lan: { ...smallLab().vms!.w2!.nics!.lan!, address: '10.2.0.77' } }
  expect(codes(deploy, withVm('w2', { nics }), observed)).toEqual(['plan.address-changed'])
  expect(codes(deploy, smallLab(), null)).toEqual(['plan.unknown'])
})

test('a blocker refuses a deploy and not a stop', () => {
  const problem = {
    code: 'ip.duplicate',
    severity: 'blocker',
    path: ['vms', 'w1', 'nics'],
    message: 'm',
  } as const
  const context = { ...CONTEXT, problems: [problem] }
  const observed = deployed(smallLab())
  const deployment = makePlan(deploy, smallLab(), observed, context)
  expect(deployment).toMatchObject({ ok: false, refusals: [{ code: 'plan.blocked', problem }] })
  expect(makePlan({ kind: 'stop', vm: 'w1' }, smallLab(), observed, context).ok).toBe(true)
})

test('a host that does not answer refuses the plan once, with age and reason', () => {
  const observed = seeing((world) => {
    world.hosts.pve1 = {
      state: 'unknown',
      reason: 'connection refused',
      since: 1_000_000 - 300_000,
    }
    for (const id of Object.keys(world.vms))
      world.vms[id] = { state: 'unknown', reason: 'host unknown', since: null }
  })
  const result = makePlan(deploy, smallLab(), observed, CONTEXT)
  expect(result).toMatchObject({ ok: false, refusals: [{ code: 'plan.unknown-host' }] })
  expect(!result.ok && result.refusals[0]?.message).toContain('connection refused, for 5 min')
  expect(codes({ kind: 'destroy', disks: [] }, smallLab(), observed)).toEqual(['plan.unknown-host'])
})

test('a VMID that a stranger has is not touched', () => {
  const observed = empty(smallLab())
  if (observed.hosts.pve1?.state === 'known')
    observed.hosts.pve1.value.guests.push(guest(203, 'home-assistant', null))
  expect(codes(deploy, smallLab(), observed)).toEqual(['plan.vmid-taken'])
})

test('a VM that is newer than the last look is absent only if its host shows none of ours', () => {
  const observed = seeing((world) => {
    delete world.vms.w2
  })
  expect(codes(deploy, smallLab(), observed)).toEqual(['plan.unknown-vm-state'])
  if (observed.hosts.pve1?.state === 'known')
    observed.hosts.pve1.value.guests = observed.hosts.pve1.value.guests.filter(
      (g) => g.vmid !== 203,
    )
  expect(ids(planOf(deploy, smallLab(), observed))).toContain('vm.clone:w2')
})

test('a VM that left the document is named and left alone', () => {
  const lab = smallLab()
  delete lab.vms!.box
  const plan = planOf(deploy, lab, deployed(smallLab()))
  expect(plan.steps).toEqual([])
  expect(plan.notes.join()).toContain('box (VMID 204 on pve1) left the document')
  const destroy = planOf({ kind: 'destroy', disks: [], vm: 'box' }, lab, deployed(smallLab()))
  expect(ids(destroy)).toEqual(['vm.stop:box', 'vm.delete:box'])
})

test('a template baked from another image is replaced', () => {
  const lab = smallLab()
  lab.templates!.jammy!.packages = ['htop']
  const plan = planOf(deploy, lab, deployed(smallLab()))
  expect(ids(plan)[0]).toBe('vm.delete:template-jammy')
  expect(plan.counts.replace).toBe(1)
  expect(plan.level).toBe(2)
})

test('rebuild: parks data, deletes, clones, attaches, and names no other VM', () => {
  const plan = planOf({ kind: 'rebuild', vm: 'w1' }, smallLab(), deployed(smallLab()))
  const kinds = plan.steps.map((step) => step.kind)
  for (const [before, after] of [
    ['vm.stop', 'disk.park'],
    ['disk.park', 'vm.delete'],
    ['vm.delete', 'vm.clone'],
    ['vm.configure', 'disk.unpark'],
    ['disk.unpark', 'vm.disks'],
    ['vm.disks', 'vm.start'],
  ] as const)
    expect(kinds.indexOf(before)).toBeLessThan(kinds.indexOf(after))
  expect(plan.counts).toEqual({ create: 0, change: 0, reboot: 0, replace: 1, destroy: 0 })
  expect(plan.level).toBe(2)
  expect(plan.losses).toHaveLength(1)
  expect(JSON.stringify(plan.steps)).not.toMatch(/"vmid":20[0134]\b/)
})

test.each([
  ['m1', 'etcd'],
  ['lb', 'endpoint'],
])('rebuild of %s is refused with its reason', (vm, word) => {
  const result = makePlan({ kind: 'rebuild', vm }, smallLab(), deployed(smallLab()), CONTEXT)
  expect(result).toMatchObject({ ok: false, refusals: [{ code: 'plan.not-rebuildable' }] })
  expect(!result.ok && result.refusals[0]?.message).toContain(word)
})

test('destroy keeps every data disk that is not ticked, and says what is lost', () => {
  const observed = deployed(smallLab())
  const serial = vmIn(observed, 'w1').spec.disks[1]!.serial!
  const keep = planOf({ kind: 'destroy', disks: [] }, smallLab(), observed)
  expect(ids(keep)).toContain(`disk.park:w1/${serial}`)
  expect(keep.losses.join()).not.toContain(serial)
  const all = planOf({ kind: 'destroy', disks: [serial] }, smallLab(), observed)
  expect(ids(all)).toContain(`disk.delete:w1/${serial}`)
  expect(all.losses.join()).toContain(serial)
  expect(all.counts.destroy).toBe(6)
  expect(all.level).toBe(3)
  expect(ids(all)).toContain('vm.unprotect:m1')
  expect(codes({ kind: 'destroy', disks: ['nonsense'] }, smallLab(), observed)).toEqual([
    'plan.unknown-disk',
  ])
})

test('destroying what is already gone leaves the holder only as long as it holds something', () => {
  const observed = empty(smallLab())
  const parked = { serial: 'db1', node: 'pve1', holderVmid: 9900, storage: 'local-lvm', sizeGib: 5 }
  observed.parked = [parked, { ...parked, serial: 'db2' }]
  if (observed.hosts.pve1?.state === 'known')
    observed.hosts.pve1.value.guests.push(guest(9900, 'holder', 'drawbridge:p1/small/holders/pve1'))
  expect(ids(planOf({ kind: 'destroy', disks: ['db1'] }, smallLab(), observed))).toEqual([
    'disk.delete:holder-pve1/db1',
  ])
  expect(ids(planOf({ kind: 'destroy', disks: ['db1', 'db2'] }, smallLab(), observed))).toEqual([
    'disk.delete:holder-pve1/db1',
    'disk.delete:holder-pve1/db2',
    'vm.delete:holder-pve1',
  ])
})

test('power: only what is not as asked already', () => {
  const observed = deployed(smallLab())
  expect(ids(planOf({ kind: 'stop', vm: 'w1' }, smallLab(), observed))).toEqual(['vm.stop:w1'])
  const start = planOf({ kind: 'start', vm: 'w1' }, smallLab(), observed)
  expect(start.steps).toEqual([])
  expect(start.notes).toEqual(['w1 is started already.'])
  expect(codes({ kind: 'restart', vm: 'w1' }, smallLab(), empty(smallLab()))).toEqual([
    'plan.absent-vm',
  ])
})

test('every step has an imperative title with its object', () => {
  const plans = [
    planOf(deploy, smallLab(), empty(smallLab())),
    planOf({ kind: 'rebuild', vm: 'w1' }, smallLab(), deployed(smallLab())),
    planOf({ kind: 'destroy', disks: [] }, smallLab(), deployed(smallLab())),
  ]
  const titles = plans.flatMap((plan) => plan.steps.map((step) => stepTitle(step)))
  expect(titles).toContain('Clone template 9000 to w1 (VMID 202)')
  for (const title of titles) expect(title).toMatch(/^[A-Z][a-z]+ .*\S$/)
})

test('the hash is about what is done: not about order of keys, reasons or when it was seen', () => {
  const plan = planOf(deploy, smallLab(), empty(smallLab()))
  const later = { ...empty(smallLab()), at: 99_999 }
  expect(planOf(deploy, shuffled(smallLab()), later).hash).toBe(plan.hash)
  expect(hashSteps(plan.steps.toReversed())).toBe(plan.hash)
  expect(planOf(deploy, withVm('w1', { memoryMib: 1024 }), later).hash).not.toBe(plan.hash)
})

/** Same value, other order of keys within objects that are no lists of things. */
function shuffled(topology: Topology): Topology {
  const vms = Object.entries(topology.vms ?? {}).map(([id, vm]) => {
    return [id, Object.fromEntries(Object.entries(vm).reverse())]
  })
  return { ...topology, vms: Object.fromEntries(vms) }
}

test('property: whatever VMs are there, plan, apply perfectly, plan again is empty', () => {
  const change = fc.record(
    {
      memoryMib: fc.integer({ min: 512, max: 65_536 }),
      cpus: fc.integer({ min: 1, max: 32 }),
      balloonMib: fc.nat(512),
      cpuType: fc.constantFrom('host', 'x86-64-v3'),
      machine: fc.constantFrom('q35', 'i440fx'),
      bios: fc.constantFrom('seabios', 'ovmf'),
      agent: fc.boolean(),
      onBoot: fc.boolean(),
      startOrder: fc.nat(9),
      startDelayS: fc.nat(90),
      protection: fc.boolean(),
      tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(change, (fields) => {
      const topology = withVm('w1', fields)
      const first = planOf(deploy, topology, deployed(smallLab()))
      for (const step of first.steps) expect(step.object).toEqual(['vms', 'w1'])
      expect(planOf(deploy, topology, deployed(topology)).steps).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('a disk that somebody added in Proxmox keeps its VM from being deleted', () => {
  const observed = deployed(smallLab())
  const disks = vmIn(observed, 'w1').spec.disks
  disks.push({ ...disks[0]!, slot: 'scsi7', sizeGib: 500 })
  for (const goal of [
    { kind: 'rebuild', vm: 'w1' },
    { kind: 'destroy', vm: 'w1', disks: [] },
    { kind: 'destroy', disks: [] },
  ] as const)
    expect(codes({ ...goal } as Goal, smallLab(), observed)).toEqual(['plan.foreign-disk'])
  expect(ids(planOf(deploy, smallLab(), observed))).toEqual([])
})

test('two Proxmox whose nodes have one name: each VM is destroyed where it stands', () => {
  const lab = smallLab()
  const host = { ...lab.hosts!.pve1!, node: 'pve' }
  const topology: Topology = {
    ...lab,
    hosts: { pve1: host, pve2: { ...host, connection: 'other' } },
  }
  const observed = deployed(lab)
  for (const id of Object.keys(observed.vms)) vmIn(observed, id).node = 'pve'
  observed.hosts.pve2 = empty(topology).hosts.pve2!
  const context = { ...CONTEXT, connections: ['lab', 'other'] }
  const result = makePlan({ kind: 'destroy', disks: [] }, topology, observed, context)
  if (!result.ok) throw new Error(JSON.stringify(result.refusals))
  const places = result.plan.steps.flatMap((step) =>
    step.kind === 'vm.delete' ? step.args.ref.at.connection : [],
  )
  expect(places).toEqual(Array(6).fill('lab'))
})

test('a copy that took the marker along is a stranger; the VM of the document stays ours', () => {
  const observed = deployed(smallLab())
  if (observed.hosts.pve1?.state !== 'known') throw new Error('unknown host')
  observed.hosts.pve1.value.guests.push(guest(777, 'copy', 'drawbridge:p1/small/vms/w1'))
  expect(ids(planOf(deploy, smallLab(), observed))).toEqual([])
  const destroy = planOf({ kind: 'destroy', disks: [] }, smallLab(), observed)
  expect(JSON.stringify(destroy.steps)).not.toContain('777')
})

test('a template that nobody could see, or whose storage takes no images, is not made again', () => {
  const unseen = seeing((observed) => {
    observed.templates.jammy = { state: 'unknown', reason: 'pve2 is offline', since: null }
  })
  expect(codes(deploy, smallLab(), unseen)).toEqual(['plan.unknown-template'])
  const closed = empty(smallLab())
  if (closed.hosts.pve1?.state !== 'known') throw new Error('unknown host')
  closed.hosts.pve1.value.storages.local!.content = ['iso', 'vztmpl', 'backup']
  const result = makePlan(deploy, smallLab(), closed, CONTEXT)
  expect(!result.ok && result.refusals[0]?.message).toContain(
    'pvesm set local --content iso,vztmpl,backup,import',
  )
})

test('a seed that is still attached is deleted before its VM: it holds a private key', () => {
  const observed = deployed(smallLab())
  vmIn(observed, 'box').seedAttached = true
  const plan = planOf({ kind: 'destroy', vm: 'box', disks: [] }, smallLab(), observed)
  expect(ids(plan)).toEqual(['vm.stop:box', 'seed.remove:box', 'vm.delete:box'])
})

test('a VM whose data disk is kept on another host is not made without it', () => {
  const observed = empty(smallLab())
  const serial = vmIn(deployed(smallLab()), 'w1').spec.disks[1]!.serial!
  observed.parked = [{ serial, node: 'pve2', holderVmid: 9900, storage: 'local-lvm', sizeGib: 100 }]
  expect(codes(deploy, smallLab(), observed)).toEqual(['plan.disk-elsewhere'])
})

test('a mapped GPU is passed through at a restart, beside what root passed by hand; unmapped it is not', () => {
  const topology = withVm('box', { gpus: ['card'], devices: ['bare', 'hba'] })
  topology.hosts!.pve1!.gpus = { card: { model: 'RTX', mapping: 'card' } }
  topology.hosts!.pve1!.devices = {
    bare: { kind: 'other', pci: '0000:02:00.0' },
    hba: { kind: 'hba', mapping: 'hba' },
  }
  const observed = seeing((world) => {
    vmIn(world, 'box').spec.pci = [{ slot: 'hostpci0', mapping: null, pcie: true }]
  })
  const plan = planOf(deploy, topology, observed)
  expect(ids(plan)).toEqual(['vm.configure:box', 'vm.restart:box', 'guest.ready:box'])
  expect(plan.changes[0]?.fields).toEqual([
    { field: 'hostpci1', from: null, to: 'card', cost: 'reboot' },
    { field: 'hostpci2', from: null, to: 'hba', cost: 'reboot' },
  ])
  const [configure] = plan.steps
  if (configure?.kind !== 'vm.configure') throw new Error('no configuration')
  const done = seeing((world) => {
    vmIn(world, 'box').spec.pci = [
      { slot: 'hostpci0', mapping: null, pcie: true },
      ...(configure.args.spec.pci ?? []),
    ]
  })
  expect(planOf(deploy, topology, done).steps).toEqual([])
  expect(ids(planOf(deploy, smallLab(), done))).toContain('vm.restart:box')
})

test('a template that is older than it is to be is told of, and not made anew for that', () => {
  const topology = smallLab()
  topology.templates!.jammy!.refreshDays = 30
  const observed = deployed(topology)
  const seen = observed.templates.jammy
  if (seen?.state !== 'known') throw new Error('no template')
  const notesAt = (days: number) => {
    seen.value.madeAt = Date.UTC(2026, 0, 1)
    const now = Date.UTC(2026, 0, 1 + days)
    const made = makePlan(deploy, topology, observed, { ...CONTEXT, now })
    if (!made.ok) throw new Error('refused')
    expect(made.plan.steps).toEqual([])
    return made.plan.notes
  }
  expect(notesAt(30)).toEqual([])
  expect(notesAt(31)[0]).toContain('jammy was made on 2026-01-01, 31 days ago')
})
