import { expect, test } from 'vitest'
import { ENDPOINTS } from '../endpoints'
import { verifyParams } from '../params'
import { schemaOf } from './parameters'
import tables from './parameters.json'

const calls = ENDPOINTS.map(({ method, path }) => `${method} ${path}`)

test('no call is declared twice', () => {
  expect(calls.filter((call, index) => calls.indexOf(call) !== index)).toEqual([])
})

test('every line of both releases can be read, and belongs to a call that the lab answers', () => {
  for (const release of ['8.4', '9'] as const)
    for (const call of calls) expect(() => schemaOf(release, call)).not.toThrow()
  const told = [...Object.keys(tables['8.4']), ...Object.keys(tables['9'])]
  expect(told.filter((call) => !calls.includes(call))).toEqual([])
})

test('what a release does not have is no call of it', () => {
  expect(schemaOf('8.4', 'GET /cluster/ha/rules')).toBeNull()
  expect(schemaOf('9', 'GET /cluster/ha/rules')).not.toBeNull()
  expect(schemaOf('9', 'POST /cluster/sdn/lock')).not.toBeNull()
})

const faults = (call: string, given: Record<string, unknown>): Record<string, string> => {
  try {
    verifyParams(schemaOf('9', call)?.specs ?? [], given)
    return {}
  } catch (error) {
    return (error as { errors: Record<string, string> }).errors
  }
}

test('types, ranges, enums, formats, patterns and what needs what are refused in PVE’s words', () => {
  const zone = { zone: 'toolongname', type: 'nope', mtu: 'x' }
  expect(faults('POST /cluster/sdn/zones', zone)).toEqual({
    zone: "invalid format - zone ID 'toolongname' can't be more length than 8 characters\n",
    type: "value 'nope' does not have a value in the enumeration 'evpn, faucet, qinq, simple, vlan, vxlan'",
    mtu: "type check ('integer') failed - got 'x'",
  })
  expect(faults('POST /cluster/firewall/rules', { type: 'in', action: 'A' })).toEqual({
    action: 'value does not match the regex pattern',
  })
  expect(faults('GET /cluster/resources', { type: 'vm', other: '1' })).toEqual({
    other: expect.stringContaining('does not allow additional properties'),
  })
  const shutdown = 'POST /nodes/{node}/qemu/{vmid}/status/shutdown'
  expect(faults(shutdown, { node: 'pve1', vmid: '99', timeout: '-1' })).toEqual({
    vmid: 'value must have a minimum value of 100',
    timeout: 'value must have a minimum value of 0',
  })
})
