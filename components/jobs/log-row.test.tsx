// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { LogRow } from './log-row'

afterEach(cleanup)

/** What a compromised guest might print, so that whoever reads its log runs it. */
const HOSTILE = [
  '<img src=x onerror="window.ran=1">',
  '</span><script>window.ran=1</script>',
  '<a href="javascript:window.ran=1">click</a>',
  '\u001b]8;;javascript:window.ran=1\u0007click\u001b]8;;\u0007',
  '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u001b[31m<svg onload=window.ran=1>\u001b[0m',
  '{{constructor.constructor("window.ran=1")()}}',
  '&lt;img src=x onerror=window.ran=1&gt;',
]

test.each(HOSTILE)('a line that prints %j is shown, never obeyed', (text) => {
  for (const find of ['', 'img', '<']) {
    const line = { n: 1, at: 0, stepId: '<b>x</b>:y', level: 'info' as const, text }
    const { container } = render(<LogRow line={line} wrap marked={false} find={find} />)
    expect(container.querySelectorAll('img, script, svg, b, iframe')).toHaveLength(0)
    // The only link is the line's own number.
    expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual(['#L1'])
    for (const element of container.querySelectorAll('*'))
      expect(element.getAttributeNames().filter((name) => name.startsWith('on'))).toEqual([])
    expect((window as { ran?: number }).ran).toBe(undefined)
    cleanup()
  }
})
