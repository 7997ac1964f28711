import { expect, test } from 'vitest'
import { pathAbove, wordsFor } from './complete'

const TEXT = `networks:
  lan:
    cidr: 10.0.0.0/24
vms:
  web:
    role: worker
    nics:
      lan:
        `

test('inside a NIC its keys are offered', () => {
  expect(pathAbove(TEXT.split('\n').slice(0, -1), 8)).toEqual(['vms', 'web', 'nics', 'lan'])
  expect(wordsFor(TEXT, TEXT).map(({ label }) => label)).toContain('network')
})

test('after a key its values are: enums, and ids of what it refers to', () => {
  expect(wordsFor(`${TEXT}network: `, TEXT).map(({ label }) => label)).toEqual(['lan'])
  const role = 'vms:\n  web:\n    role: '
  expect(wordsFor(role, role).map(({ label }) => label)).toContain('control-plane')
})

test('below a map nobody guesses ids', () => {
  expect(wordsFor('vms:\n  ', 'vms:\n  ')).toEqual([])
})
