import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { StatusAnswer } from '@/lib/api/contract'
import { html } from '@/lib/base/html'
import { renderStatusPage } from './page'

const AT = Date.UTC(2026, 10, 24, 2, 13)

const well: StatusAnswer = {
  ...{ at: AT, level: 'ok', sentence: 'Everything is all right: 8 of 8 VMs run.', causes: [] },
  ...{ works: [], running: [], waiting: [] },
  topologies: [
    {
      ...{ id: 'dark-knight', name: 'Dark Knight', lab: true, observedAt: AT },
      vms: { total: 8, running: 8, unknown: 0 },
      nodes: { total: 6, ready: 6, unknown: 0 },
      addOns: { total: 12, well: 12, unknown: 0 },
    },
  ],
}
const cause = (more: Partial<StatusAnswer['causes'][number]> = {}) => ({
  ...{
    level: 'unknown' as const,
    sentence: 'pve1 does not answer: timed out.',
    takes: ['cp', 'w1'],
  },
  ...{ since: AT, canWait: 'No.', action: { label: 'Open pve1', href: '/t/a/hosts/pve1' } },
  ...more,
})
const pageOf = (more: Partial<StatusAnswer>) => renderStatusPage({ ...well, ...more })
const marksOf = (page: string) =>
  [...page.matchAll(/data-state="([\w-]+)"/g)].map(([, state]) => state)

test('a template escapes what it is given and keeps what is markup', () => {
  const name = `<script>alert("1")</script> & 'x'`
  expect(
    html`<p title="${name}">${name}${html`<b>${1}</b>`}${null}${false}${['a', '<']}</p>`.text,
  ).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;<b>1</b>a&lt;</p>',
  )
})

test('no text of an answer reaches the page as markup', () => {
  const evil = '<img src=x onerror=alert(1)>"\''
  const [topology] = well.topologies
  const page = pageOf({
    ...{ level: 'fail', sentence: evil, works: [evil] },
    causes: [cause({ sentence: evil, takes: [evil], canWait: evil }), cause({ sentence: evil })],
    running: [{ jobId: evil, title: evil, step: evil, leftMs: null }],
    waiting: [{ jobId: evil, title: evil }],
    topologies: [{ ...topology!, id: evil, name: evil }],
  })
  expect(page).not.toContain('<img')
  expect(page.replaceAll('&quot;', '').match(/onerror=alert\(1\)(?!&gt;)/)).toBeNull()
})

test('the answer is the heading, then what it takes along, what works, since when, and one action', () => {
  const page = pageOf({
    ...{
      level: 'unknown',
      sentence: 'pve1 does not answer: timed out.',
      works: ['6 of 8 VMs run'],
    },
    causes: [cause(), cause({ level: 'warn', sentence: 'A pod is not well.' })],
  })
  const order = [
    '<h1',
    'Takes along',
    'cp, w1',
    'Still works',
    'Since',
    '2026-11-24 02:13 UTC',
    'Can it wait',
    'Open pve1',
    'Also wrong',
    'A pod is not well.',
    'What there is',
  ]
  const places = order.map((text) => page.indexOf(text, page.indexOf('<main')))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places[0]).toBeGreaterThan(0)
  expect(page.match(/class="act"/g)).toHaveLength(1)
})

test('green is only what is known to be well', () => {
  expect(marksOf(pageOf({}))).toEqual(['ok', 'ok', 'ok', 'ok'])
  const [topology] = well.topologies
  const unseen = {
    ...topology!,
    ...{ observedAt: null, vms: { total: 8, running: 0, unknown: 8 } },
    ...{ nodes: { total: 6, ready: 0, unknown: 6 }, addOns: { total: 0, well: 0, unknown: 0 } },
  }
  const page = pageOf({ level: 'unknown', causes: [cause()], topologies: [unseen] })
  expect(marksOf(page)).toEqual(['unknown', 'unknown', 'unknown', 'hold'])
  expect(page).toContain('? of 8')
  expect(page).toContain('Never looked at.')
  // Nothing deployed is nothing wrong, and nothing to be glad of.
  const idle = { ...topology!, vms: { total: 8, running: 0, unknown: 0 } }
  expect(marksOf(pageOf({ topologies: [idle] }))[0]).toBe('hold')
})

test('what runs tells its minutes, what waits leads to its plan', () => {
  const page = pageOf({
    level: 'work',
    running: [{ jobId: 'j1', title: 'Deploy r2', step: 'Join k8s-worker-2', leftMs: 200_000 }],
    waiting: [{ jobId: 'j2', title: 'Destroy r2' }],
  })
  expect(page).toContain('about 4 min left')
  expect(page).toContain('href="/jobs/j2"')
  expect(page).toContain('Approve 1')
  expect(page).toContain('data-busy="1"')
})

test('it stays small with much to tell', () => {
  const takes = Array.from({ length: 60 }, (_, i) => `k8s-worker-${i}`)
  const causes = takes.map((name) => cause({ sentence: `${name} is stopped.`, takes }))
  const page = pageOf({ level: 'fail', causes, works: takes })
  expect(gzipSync(page).length).toBeLessThan(15_000)
  expect(page).toContain('and 52 more')
  expect(page).toContain('47 more')
})
