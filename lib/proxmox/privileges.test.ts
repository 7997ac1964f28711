import { expect, test } from 'vitest'
import {
  areasHeld,
  comparePrivileges,
  neededPrivileges,
  roleCommands,
  roleUpdateCommands,
} from './privileges'

const names = (major: number) => neededPrivileges(major).map(({ name }) => name)

test('PVE 9 is never asked for VM.Monitor, which makes its role command fail; 8 always is', () => {
  expect(names(9)).not.toContain('VM.Monitor')
  expect(names(9)).toContain('VM.GuestAgent.Audit')
  expect(names(8)).toContain('VM.Monitor')
  expect(names(8).some((name) => name.startsWith('VM.GuestAgent'))).toBe(false)
})

test('the commands make exactly the needed role', () => {
  const [role, user, acl, token] = roleCommands(9)
  expect(role).toBe(`pveum role add Drawbridge --privs "${names(9).join(' ')}"`)
  expect(user).toMatch(/^pveum user add drawbridge@pve /)
  expect(acl).toBe('pveum acl modify / --users drawbridge@pve --roles Drawbridge')
  expect(token).toBe('pveum user token add drawbridge@pve panel --privsep 0')
  expect(roleUpdateCommands(8)[0]).toContain('VM.Monitor')
})

test('a token with the role lacks nothing and has nothing too much', () => {
  for (const major of [8, 9])
    expect(comparePrivileges({ '/': names(major) }, major)).toEqual({ missing: [], excess: [] })
})

test('what is missing and what is too much is named', () => {
  const granted = [
    ...names(9).filter((name) => name !== 'VM.Clone'),
    'Sys.Modify',
    'Permissions.Modify',
  ]
  expect(comparePrivileges({ '/': granted }, 9)).toEqual({
    missing: ['VM.Clone'],
    excess: ['Permissions.Modify', 'Sys.Modify'],
  })
})

test('a privilege on one VM alone does not count, on all VMs it does', () => {
  const all = names(9)
  const vm = all.filter((name) => name.startsWith('VM.'))
  const rest = all.filter((name) => !name.startsWith('VM.'))
  expect(comparePrivileges({ '/': rest, '/vms/100': vm }, 9).missing).toEqual(vm)
  expect(comparePrivileges({ '/': rest, '/vms': vm }, 9).missing).toEqual([])
})

test('a token without any right lacks everything', () => {
  expect(comparePrivileges({}, 9).missing).toEqual(names(9))
})

test('an area asks for its own privileges, and they are too much for whoever does not use it', () => {
  const granted = { '/': neededPrivileges(9, ['ha', 'firewall']).map(({ name }) => name) }
  expect(comparePrivileges(granted, 9, ['ha', 'firewall'])).toEqual({ missing: [], excess: [] })
  expect(comparePrivileges(granted, 9)).toEqual({
    missing: [],
    excess: ['Sys.Console', 'Sys.Modify'],
  })
  expect(comparePrivileges(granted, 9, ['migration']).missing).toEqual(['VM.Migrate'])
  expect(roleCommands(9, ['sdn'])[0]).toContain('SDN.Allocate')
})

test('what is granted on the nodes alone does not let a token change the cluster', () => {
  const granted = { '/': names(9), '/nodes': ['Sys.Modify'] }
  expect(comparePrivileges(granted, 9, ['firewall']).missing).toEqual(['Sys.Modify'])
})

test('the agent of PVE 9 has privileges for files of their own, that of 8 has one for all', () => {
  expect(neededPrivileges(9, ['guest-files']).map(({ name }) => name)).toContain(
    'VM.GuestAgent.FileWrite',
  )
  expect(neededPrivileges(8, ['guest-files'])).toEqual(neededPrivileges(8))
})

test('the areas that a token may work in are those whose every privilege it has where it counts', () => {
  const areasOf = (...more: string[]) => areasHeld({ '/': [...names(9), ...more] }, 9)
  expect(areasOf()).toEqual([])
  expect(areasOf('VM.Console')).toEqual(['console'])
  expect(areasOf('VM.Backup')).toEqual([])
  expect(areasOf('Sys.Modify')).toEqual(['firewall', 'host-network', 'updates'])
  expect(areasHeld({ '/nodes': ['Sys.Modify'] }, 9)).toEqual([])
  // At 8 the agent's one privilege is needed anyway: no area of its own.
  expect(areasHeld({ '/': names(8) }, 8)).toEqual([])
})
