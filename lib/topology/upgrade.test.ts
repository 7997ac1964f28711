import { expect, test } from 'vitest'
import type { JsonMap } from './json'
import { readTopology } from './testing/read-seed'
import { upgrade } from './upgrade'

/** As it was when version 1 was frozen. Never edit it: a later version must still read it. */
const VERSION_1 = `drawbridge: 1
name: frozen
hosts:
  pve: {role: proxmox, connection: lab, storages: {local-lvm: {kind: lvmthin, sizeGib: 100}}}
networks:
  lan: {cidr: 10.0.0.0/24, gateway: 10.0.0.1}
pools:
  vms: {network: lan, from: 10.0.0.10, to: 10.0.0.20, purpose: vms}
sizes:
  s: {cpus: 1, memoryMib: 1024, diskGib: 10}
templates:
  t: {os: debian, release: "12"}
vms:
  a:
    role: plain
    host: pve
    vmid: 200
    template: t
    size: s
    nics: {lan: {network: lan, address: 10.0.0.10, mac: "BC:24:11:00:00:01"}}
    disks: {d: {kind: data, sizeGib: 1}}
clusters:
  k:
    kubernetes: "1.29"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    controlPlanes: []
    workers: []
    addOns: {loki: {values: {a: !secret b}}}
acknowledged:
  - {code: x.y, path: [vms, a], by: ada, reason: known}
`

test('the frozen sample of version 1 is read', () => {
  expect(readTopology(VERSION_1).vms?.a?.nics?.lan?.mac).toBe('BC:24:11:00:00:01')
})

test('an older value is lifted step by step', () => {
  const lifts = {
    1: (value: unknown) => ({ ...(value as JsonMap), drawbridge: 2, one: true }),
    2: (value: unknown) => ({ ...(value as JsonMap), drawbridge: 3, two: true }),
  }
  expect(upgrade({ drawbridge: 1 }, 3, lifts)).toEqual({
    ok: true,
    from: 1,
    value: { drawbridge: 3, one: true, two: true },
  })
  expect(upgrade({ drawbridge: 1 }, 2, {})).toMatchObject({ ok: false })
  expect(upgrade({ drawbridge: '1' })).toMatchObject({ ok: false })
})
