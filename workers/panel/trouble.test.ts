import { expect, test } from 'vitest'
import { parseConfig } from '@/lib/io/env'
import { toTrouble } from './trouble'
import { troublePage } from './trouble-page'

const config = parseConfig({ DRAWBRIDGE_DATA: '/srv/drawbridge' })
const errno = (code: string) => Object.assign(new Error(code), { code })

test.each([
  ['ENOSPC', 'data.disk-full', true],
  ['EROFS', 'data.read-only', true],
  ['EACCES', 'data.no-access', true],
  ['EIO', 'data.disk-failing', true],
])('%s is shown as %s', (code, expected, passes) => {
  expect(toTrouble(errno(code), config)).toMatchObject({ code: expected, passes })
})

test('a wrong start ends, a bug is shown without its stack', () => {
  expect(toTrouble(errno('ENOTDIR'), config)).toBeNull()
  const bug = toTrouble(new TypeError('x is <b>undefined</b>'), config)
  expect(bug).toMatchObject({ code: 'internal.bug', passes: false })
  expect(bug?.message).not.toContain('undefined')
})

test('the page escapes what it shows, and names the folder to the panel’s own machine alone', () => {
  const trouble = toTrouble(errno('EROFS'), config)
  if (!trouble) throw new Error('none')
  trouble.message = `/srv/drawbridge is <b>bad</b> - why - what`
  const [here, elsewhere] = [troublePage(trouble, null), troublePage(trouble, config.dataDir)]
  expect(here).toContain('/srv/drawbridge is &lt;b&gt;bad')
  expect(here).toContain('npm run admin -- check --data /srv/drawbridge')
  expect(elsewhere).not.toContain('/srv/drawbridge')
  expect(elsewhere).toContain('the data folder is')
})
