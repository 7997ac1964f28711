import { expect, test } from 'vitest'
import { makeVm, QEMU, testLab } from './testing/test-lab'

test('sign-in is refused with a bare 401 after three seconds', () => {
  const lab = testLab()
  expect(lab.call('GET', '/nodes', {}, { token: null })).toMatchObject({
    status: 401,
    reason: 'No ticket',
    body: null,
    delayMs: 3000,
  })
  expect(lab.call('GET', '/nodes', {}, { token: 'drawbridge@pve!panel=wrong' })).toMatchObject({
    status: 401,
    reason: 'Authentication failed!',
    body: null,
    delayMs: 3000,
  })
  expect(
    lab.call(
      'POST',
      '/access/ticket',
      { username: 'root@pam', password: 'wrong' },
      { token: null },
    ),
  ).toMatchObject({
    status: 401,
    reason: 'authentication failure',
    delayMs: 3000,
  })
})

test('a ticket signs in; changes need its CSRF token', () => {
  const lab = testLab()
  const signedIn = lab.call(
    'POST',
    '/access/ticket',
    { username: 'root@pam', password: 'root-password' },
    { token: null },
  )
  const { ticket, CSRFPreventionToken: csrf } = signedIn.data as Record<string, string>
  expect(lab.call('GET', '/nodes', {}, { token: null, ticket }).status).toBe(200)
  expect(lab.call('POST', QEMU, { vmid: '300' }, { token: null, ticket })).toMatchObject({
    status: 401,
    reason: 'Permission denied - invalid csrf token',
  })
  expect(lab.call('POST', QEMU, { vmid: '300' }, { token: null, ticket, csrf }).status).toBe(200)
})

test('a token with privilege separation has nothing until it is given something', () => {
  const lab = testLab()
  makeVm(lab, 201)
  const root = () => {
    const { data } = lab.call(
      'POST',
      '/access/ticket',
      { username: 'root@pam', password: 'root-password' },
      { token: null },
    )
    const { ticket, CSRFPreventionToken: csrf } = data as Record<string, string>
    return { token: null, ticket, csrf }
  }
  const made = lab.call('POST', '/access/users/drawbridge@pve/token/small', {}, root())
  const token = `drawbridge@pve!small=${(made.data as { value: string }).value}`
  const config = () => lab.call('GET', `${QEMU}/201/config`, {}, { token })
  expect(config()).toMatchObject({
    status: 403,
    reason: 'Permission check failed (/vms/201, VM.Audit)',
  })
  expect(lab.call('GET', QEMU, {}, { token }).data).toEqual([])
  expect(lab.call('GET', '/access/permissions', {}, { token }).data).toEqual({})
  lab.call(
    'PUT',
    '/access/acl',
    { path: '/vms/201', roles: 'PVEVMAdmin', tokens: 'drawbridge@pve!small' },
    root(),
  )
  expect(config().status).toBe(200)
  expect(lab.call('GET', QEMU, {}, { token }).data).toMatchObject([{ vmid: 201 }])
})

test('a token has no more than its user, whatever it was given', () => {
  const lab = testLab()
  lab.state.access.users['joe@pve'] = { password: null }
  lab.state.access.tokens['joe@pve!t'] = { secret: 's', privsep: true }
  lab.state.access.acl.push({ path: '/', who: 'joe@pve!t', role: 'Administrator', propagate: true })
  expect(lab.call('GET', '/nodes/pve1/status', {}, { token: 'joe@pve!t=s' }).status).toBe(403)
})

test('the panel can neither make users nor give itself more', () => {
  const lab = testLab()
  expect(lab.call('POST', '/access/users', { userid: 'a@pve' }).status).toBe(403)
  const grant = { path: '/', roles: 'Administrator', tokens: 'drawbridge@pve!panel' }
  expect(lab.call('PUT', '/access/acl', grant).status).toBe(403)
})
