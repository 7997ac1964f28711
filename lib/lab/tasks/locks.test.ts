import { expect, test } from 'vitest'
import type { LabState } from '../state'
import { configOf, makeTemplate, makeVm, QEMU, testLab } from '../testing/test-lab'

const clone = (newid: number) => ({
  newid: String(newid),
  name: `vm-${newid}`,
  full: '1',
  description: 'ours',
})

test('of three clones at once onto a thin pool the third gives up after ten seconds', () => {
  const lab = testLab()
  makeTemplate(lab, 900)
  const tasks = [301, 302, 303].map((id) => lab.call('POST', `${QEMU}/900/clone`, clone(id)))
  expect(tasks.map((task) => lab.finish(task).exit)).toEqual([
    'OK',
    'OK',
    "can't lock file '/var/lock/pve-manager/pve-storage-local-lvm' - got timeout",
  ])
  expect(lab.call('GET', `${QEMU}/303/config`).status).toBe(500)
  expect(lab.state.locks).toEqual({})
})

test('the target of a running clone is marked by PVE, not by us, and refuses to be changed', () => {
  const lab = testLab()
  makeTemplate(lab, 900)
  const task = lab.call('POST', `${QEMU}/900/clone`, clone(301))
  expect(configOf(lab, 301)).toMatchObject({
    lock: 'clone',
    description: ' qmclone temporary file',
  })
  const start = lab.call('POST', `${QEMU}/301/status/start`)
  expect(lab.finish(task).exit).toBe('OK')
  expect(configOf(lab, 301)).toMatchObject({ name: 'vm-301', description: 'ours' })
  expect(lab.finish(start)).toMatchObject({
    exit: 'OK',
    log: ['trying to acquire lock...', ' OK', 'TASK OK'],
  })
})

test('a change of a locked configuration waits, and fails after ten seconds', () => {
  const lab = testLab()
  makeTemplate(lab, 900)
  makeVm(lab, 201)
  lab.state.locks['config:201'] = { mode: 'exclusive', holders: ['somebody'] }
  const before = lab.state.at
  const reply = lab.call('PUT', `${QEMU}/201/config`, { cores: '2' })
  expect(reply.reason).toBe("can't lock file '/var/lock/qemu-server/lock-201.conf' - got timeout")
  expect(lab.state.at - before).toBe(10_000)
})

test('a killed clone leaves nothing behind', () => {
  const lab = testLab()
  makeTemplate(lab, 900)
  const volumes = Object.keys(lab.state.volumes)
  const task = lab.call('POST', `${QEMU}/900/clone`, clone(301))
  lab.wait(5000)
  lab.call('DELETE', `/nodes/pve1/tasks/${task.data}`)
  expect(lab.finish(task).exit).toBe('clone failed: interrupted by signal')
  expect(lab.call('GET', `${QEMU}/301/config`).status).toBe(500)
  expect(Object.keys(lab.state.volumes)).toEqual(volumes)
  expect(lab.state.locks).toEqual({})
})

test('a lab that was stopped in the middle ends as one that was not', () => {
  const undisturbed = testLab()
  makeTemplate(undisturbed, 900)
  const task = undisturbed.call('POST', `${QEMU}/900/clone`, clone(301))
  const copy = testLab(JSON.parse(JSON.stringify(undisturbed.state)) as LabState)
  for (const lab of [undisturbed, copy]) {
    lab.finish(task)
    lab.finish(lab.call('POST', `${QEMU}/301/status/start`))
    lab.wait(120_000)
  }
  expect(copy.state).toEqual(undisturbed.state)
})

test('a failing task fails once, as many times as asked', () => {
  const lab = testLab()
  makeVm(lab, 201)
  lab.state.faults.push({
    id: 'f',
    kind: 'task-fails',
    task: 'qmstart',
    vmid: 201,
    times: 1,
    message: 'start failed: QEMU exited with code 1',
  })
  expect(lab.finish(lab.call('POST', `${QEMU}/201/status/start`)).exit).toBe(
    'start failed: QEMU exited with code 1',
  )
  expect(lab.finish(lab.call('POST', `${QEMU}/201/status/start`)).exit).toBe('OK')
})
