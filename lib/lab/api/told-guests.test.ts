import { expect, test } from 'vitest'
import { makeVm, QEMU, testLab } from '../testing/test-lab'

const TELLS_EVERY_MS = 10_000

/** A lab with VM 201, which pvestatd has told of just now. */
function labJustTold() {
  const lab = testLab()
  makeVm(lab, 201)
  const toNextReport = () => lab.wait(TELLS_EVERY_MS - (lab.now().at % TELLS_EVERY_MS))
  const told = () =>
    (lab.call('GET', '/cluster/resources', { type: 'vm' }).data as Record<string, unknown>[]).find(
      ({ vmid }) => vmid === 201,
    )
  const power = (verb: string) => lab.finish(lab.call('POST', `${QEMU}/201/status/${verb}`))
  toNextReport()
  return { lab, toNextReport, told, power }
}

test('cluster/resources tells of a start and a stop only with the next report of pvestatd', () => {
  const { lab, toNextReport, told, power } = labJustTold()
  power('start')
  const current = () => lab.call('GET', `${QEMU}/201/status/current`).data
  expect(current()).toMatchObject({ status: 'running' })
  expect(told()).toMatchObject({ status: 'stopped', uptime: 0, cpu: 0, mem: 0 })
  toNextReport()
  expect(told()).toMatchObject({ status: 'running' })
  power('stop')
  expect(current()).toMatchObject({ status: 'stopped' })
  expect(told()).toMatchObject({ status: 'running' })
  toNextReport()
  expect(told()).toMatchObject({ status: 'stopped', uptime: 0 })
})

test('what was switched on and off again between two reports was never on', () => {
  const { told, power } = labJustTold()
  power('start')
  power('stop')
  expect(told()).toMatchObject({ status: 'stopped', uptime: 0 })
})

test('deleting a VM by what cluster/resources told of it meets the real daemon’s refusal', () => {
  const { lab, told, power } = labJustTold()
  power('start')
  expect(told()).toMatchObject({ status: 'stopped' })
  const refused = lab.call('DELETE', `${QEMU}/201`)
  expect(refused).toMatchObject({ status: 500, reason: 'VM 201 is running - destroy failed' })
})
