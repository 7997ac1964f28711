import { THEME_SCRIPT } from '@/components/frame/theme-script'
import type { StatusAnswer } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { type Html, html, trusted } from '@/lib/base/html'
import { renderAnswer, time, titleOf } from './answer'
import { SPRITE } from './marks'
import { STYLE } from './style'

/** Without a script the page asks again by itself, in seconds. */
const REFRESH_S = 60

/**
 * The whole page for an answer: complete and usable without script; `public/status.js` then keeps
 * the elements with `data-part` current by fetching this page again.
 */
export function renderStatusPage(status: StatusAnswer): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>${titleOf(status)}</title>
        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0e1116">
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f6f8">
        <link rel="icon" href="${status.topologies.length > 0 && status.topologies.every(({ lab }) => lab) ? '/icon-lab.svg' : '/icon.svg'}">
        <link rel="apple-touch-icon" href="/icon-180.png">
        <link rel="manifest" href="/manifest.webmanifest">
        <noscript><meta http-equiv="refresh" content="${REFRESH_S}"></noscript>
        <script>${trusted(THEME_SCRIPT)}</script>
        <style>${trusted(STYLE)}</style>
        <script src="/status.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the answer</a>
        ${SPRITE}
        <header class="top">
          <a class="home" href="${pages.overview()}">${LOGO}Drawbridge</a>
          <nav class="wide" aria-label="Panel">
            <a href="${pages.overview()}">Overview</a>
            <a href="${pages.jobs()}">Jobs</a>
          </nav>
          <span class="badge" id="badge">as of ${time(status.at)}</span>
        </header>
        ${renderAnswer(status)}
        ${bottomBar(status)}
        <p class="said" id="said" aria-live="polite"></p>
      </body>
    </html>`.text
}

const LOGO: Html = trusted(
  '<svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke-linecap="round"><path d="M3 25h26M7 25V8h5v17M20 25V8h5v17" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round"/><path d="M12 17h8" stroke="var(--work)" stroke-width="2.8"/></svg>',
)

/** Icons of the frame's bottom bar (lucide, ISC). */
const icon = (paths: string): Html =>
  trusted(`<svg viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`)
const ACTIVITY = icon(
  '<path d="M22 12h-2.48a2 2 0 0 0-1.93 1.46l-2.35 8.36a.25.25 0 0 1-.48 0L9.24 2.18a.25.25 0 0 0-.48 0l-2.35 8.36A2 2 0 0 1 4.49 12H2"/>',
)
const SCROLL = icon('<path d="M8 6h13M8 12h13M8 18h13M3 6h.01M3 12h.01M3 18h.01"/>')
const CHECK = icon('<circle cx="12" cy="12" r="10"/><path d="m9 12 2 2 4-4"/>')
const ELLIPSIS = icon(
  '<circle cx="12" cy="12" r="1"/><circle cx="19" cy="12" r="1"/><circle cx="5" cy="12" r="1"/>',
)

/** Status, Jobs, Approve, More: the frame's bar on phones, with a menu that needs no script. */
function bottomBar({ waiting, topologies }: StatusAnswer): Html {
  const [first] = waiting
  const approve =
    waiting.length === 1 && first
      ? pages.job(first.jobId)
      : `${pages.jobs()}?status=awaiting-approval`
  const more: [string, string][] = [
    ['Overview', pages.overview()],
    ...topologies.flatMap(({ id, name }): [string, string][] => [
      [`${name}: Plan`, pages.plan(id)],
      [`${name}: Machines`, pages.machines(id)],
      [`${name}: Cluster`, pages.cluster(id)],
      [`${name}: Add-ons`, pages.addOns(id)],
    ]),
    ['Settings', pages.connections()],
  ]
  return html`
    <nav class="bar" aria-label="Pages">
      <a href="${pages.status()}" aria-current="page">${ACTIVITY}Status</a>
      <a href="${pages.jobs()}">${SCROLL}Jobs</a>
      <a href="${approve}" class="${waiting.length > 0 && 'waits'}" data-part="approve">${CHECK}
        ${waiting.length > 0 ? `Approve ${waiting.length}` : 'Approve'}
      </a>
      <details class="more">
        <summary>${ELLIPSIS}More</summary>
        <ul>${more.map(([label, href]) => html`<li><a href="${href}">${label}</a></li>`)}</ul>
      </details>
    </nav>`
}
