// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { DraftInput } from './draft-input'

afterEach(cleanup)

test('what was begun before somebody else changed the field is asked once more, not written over', () => {
  const onCommit = vi.fn(() => null)
  const onFault = vi.fn()
  const field = (text: string) => (
    <DraftInput text={text} onCommit={onCommit} onFault={onFault} aria-label="vCPUs" />
  )
  const { rerender } = render(field('4'))
  const input = screen.getByLabelText<HTMLInputElement>('vCPUs')
  fireEvent.change(input, { target: { value: '6' } })
  rerender(field('8'))
  fireEvent.blur(input)
  expect(onCommit).not.toHaveBeenCalled()
  expect(onFault).toHaveBeenLastCalledWith(expect.stringContaining('"8"'))
  expect(input.value).toBe('6')
  fireEvent.keyDown(input, { key: 'Enter' })
  expect(onCommit).toHaveBeenCalledExactlyOnceWith('6')
  expect(onFault).toHaveBeenLastCalledWith(null)
})

test('Esc keeps what the other made of it', () => {
  const onCommit = vi.fn(() => null)
  const field = (text: string) => (
    <DraftInput text={text} onCommit={onCommit} onFault={() => {}} aria-label="vCPUs" />
  )
  const { rerender } = render(field('4'))
  const input = screen.getByLabelText<HTMLInputElement>('vCPUs')
  fireEvent.change(input, { target: { value: '6' } })
  rerender(field('8'))
  fireEvent.keyDown(input, { key: 'Escape' })
  fireEvent.blur(input)
  expect(input.value).toBe('8')
  expect(onCommit).not.toHaveBeenCalled()
})
