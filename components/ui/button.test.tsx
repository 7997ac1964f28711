// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { Button } from './button'
import { TooltipProvider } from './tooltip'

afterEach(cleanup)
const show = (button: React.ReactNode) => render(<TooltipProvider>{button}</TooltipProvider>)

test('a button that cannot be pressed says why, stays focusable and does nothing', () => {
  const press = vi.fn()
  show(
    <Button disabledReason="It runs already." onClick={press}>
      Start w1
    </Button>,
  )
  const button = screen.getByRole('button', { name: /Start w1/ })
  button.focus()
  expect(document.activeElement).toBe(button)
  expect(button.getAttribute('aria-disabled')).toBe('true')
  const described = button.getAttribute('aria-describedby')?.split(' ') ?? []
  expect(described.map((id) => document.getElementById(id)?.textContent)).toContain(
    'It runs already.',
  )
  fireEvent.click(button)
  expect(press).not.toHaveBeenCalled()
})

test('a submit button with a reason does not submit its form', () => {
  const submit = vi.fn((event: React.FormEvent) => event.preventDefault())
  show(
    <form onSubmit={submit}>
      <Button type="submit" disabledReason="Nothing was changed.">
        Save
      </Button>
    </form>,
  )
  fireEvent.click(screen.getByRole('button', { name: /Save/ }))
  expect(submit).not.toHaveBeenCalled()
})

test('a busy button takes no second press', () => {
  const press = vi.fn()
  show(
    <Button busy onClick={press}>
      Save
    </Button>,
  )
  fireEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(press).not.toHaveBeenCalled()
})

test('a finger, which neither hovers nor focuses, is told the reason by its press', async () => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  show(<Button disabledReason="It runs already.">Start w1</Button>)
  const button = screen.getByRole('button', { name: /Start w1/ })
  expect(screen.queryByRole('tooltip')).toBeNull()
  fireEvent.pointerDown(button, { pointerType: 'touch' })
  fireEvent.pointerUp(button, { pointerType: 'touch' })
  fireEvent.click(button)
  expect((await screen.findByRole('tooltip')).textContent).toBe('It runs already.')
  vi.unstubAllGlobals()
})
