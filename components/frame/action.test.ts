import { describe, expect, test } from 'vitest'
import { type Action, keyName, readKey } from './action'

const action = (id: string, keys: string): Action => ({
  id,
  keys,
  label: id,
  group: 'Test',
  run: () => undefined,
})
const ACTIONS = [
  action('palette', 'Ctrl-K, /'),
  action('jobs', 'g j'),
  action('edit', 'e'),
  action('keys', '?'),
]
const FREE = { typing: false, singleKeys: true }
const press = (key: string, more: Partial<Parameters<typeof keyName>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('keyName', () => {
  test.each([
    [press('g'), 'g'],
    [press('?', { shiftKey: true }), '?'],
    [press('k', { ctrlKey: true }), 'Ctrl-K'],
    [press('k', { metaKey: true }), 'Ctrl-K'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl-Shift-Z'],
    [press('ArrowUp', { shiftKey: true }), 'Shift-ArrowUp'],
    [press('Shift', { shiftKey: true }), null],
  ])('%o is %s', (event, name) => {
    expect(keyName(event)).toBe(name)
  })
})

describe('readKey', () => {
  test('a sequence is pending until its last key', () => {
    const first = readKey(ACTIONS, [], 'g', FREE)
    expect(first).toEqual({ action: null, pending: ['g'] })
    expect(readKey(ACTIONS, first.pending, 'j', FREE).action?.id).toBe('jobs')
  })

  test('a key that does not continue the sequence begins anew', () => {
    expect(readKey(ACTIONS, ['g'], 'e', FREE).action?.id).toBe('edit')
    expect(readKey(ACTIONS, ['g'], 'z', FREE)).toEqual({ action: null, pending: [] })
  })

  test('while a person types only chords count', () => {
    const typing = { typing: true, singleKeys: true }
    expect(readKey(ACTIONS, [], '/', typing).action).toBeNull()
    expect(readKey(ACTIONS, [], 'g', typing).pending).toEqual([])
    expect(readKey(ACTIONS, [], 'Ctrl-K', typing).action?.id).toBe('palette')
  })

  test('single letters can be switched off, chords stay', () => {
    const off = { typing: false, singleKeys: false }
    expect(readKey(ACTIONS, [], '?', off).action).toBeNull()
    expect(readKey(ACTIONS, [], 'Ctrl-K', off).action?.id).toBe('palette')
  })

  test('the last one in the table takes a key over', () => {
    expect(readKey([...ACTIONS, action('page', 'e')], [], 'e', FREE).action?.id).toBe('page')
  })
})
