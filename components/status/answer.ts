import { formatEstimate } from '@/components/ui/format'
import type { StatusAnswer } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { type Html, html } from '@/lib/base/html'
import { mark } from './marks'
import { shapeOf } from './shape-of'

type Cause = StatusAnswer['causes'][number]

/** So many names are written out; the rest is a number, and the action leads to all of them. */
const NAMED = 8
/** Causes after these are a number as well. */
const CAUSES = 12

/** What a level is called where only a word fits: the tab's title. */
const WORD: Record<StatusAnswer['level'], string> = {
  ok: 'All right',
  work: 'Working',
  warn: 'Needs you',
  fail: 'Broken',
  unknown: 'Unknown',
}

/** The tab's title: the state, then whose. */
export const titleOf = ({ level }: StatusAnswer): string => `${WORD[level]} - Drawbridge status`

/** Whether everything is all right, what it takes along, what still works, and the one thing to do. */
export function renderAnswer(status: StatusAnswer): Html {
  const [first, ...others] = status.causes
  return html`
    <main id="main" tabindex="-1" data-part="main" data-at="${status.at}" data-busy="${status.running.length}" data-title="${titleOf(status)}">
      <div>
        <div class="answer ${shapeOf(status)}">
          <h1 class="sentence">${mark(shapeOf(status), 'large')}<span>${status.sentence}</span></h1>
          <p class="old" data-old-note></p>
          ${facts(status, first)}
          ${recommended(status, first)}
        </div>
        ${others.length > 0 && alsoWrong(others)}
      </div>
      <div class="evidence">
        ${waiting(status)}
        ${running(status)}
        ${topologies(status)}
      </div>
    </main>`
}

function facts({ works }: StatusAnswer, cause: Cause | undefined): Html | null {
  const rows: [string, Html | string | null][] = [
    ['Takes along', cause && cause.takes.length > 0 ? listed(cause.takes) : null],
    // Where all is right, everything does.
    ['Still works', cause && works.length > 0 ? listed(works) : null],
    ['Since', cause?.since == null ? null : time(cause.since)],
    ['Can it wait', cause?.canWait ?? null],
  ]
  const told = rows.filter(([, value]) => value !== null)
  if (told.length === 0) return null
  return html`<dl>${told.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

const listed = (names: readonly string[]): string =>
  names.length <= NAMED
    ? names.join(', ')
    : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`

/** One action at most: what the worst cause asks for, else what waits for a person, else the job. */
function recommended(status: StatusAnswer, cause: Cause | undefined): Html | null {
  const [waits] = status.waiting
  const [runs] = status.running
  const idle = status.topologies.find(({ vms }) => vms.running === 0)
  const action =
    cause?.action ??
    (waits && { label: `Look at ${waits.title}`, href: pages.job(waits.jobId) }) ??
    (runs && { label: `Watch ${runs.title}`, href: pages.job(runs.jobId) }) ??
    (status.topologies.length === 0
      ? { label: 'Choose a door', href: pages.welcome() }
      : undefined) ??
    (idle && { label: `Plan ${idle.name}`, href: pages.plan(idle.id) })
  return action ? html`<a class="act" href="${action.href}">${action.label}</a>` : null
}

function alsoWrong(causes: readonly Cause[]): Html {
  const left = causes.length - CAUSES
  return html`
    <section>
      <h2>Also wrong</h2>
      <ul class="rows">
        ${causes.slice(0, CAUSES).map(oneCause)}
        ${left > 0 && html`<li><span class="cause">${left} more</span></li>`}
      </ul>
    </section>`
}

function oneCause(cause: Cause): Html {
  const body = html`
    ${mark(cause.level)}
    <span class="grow">${cause.sentence}
      <span class="note"><br>
        ${cause.takes.length > 0 && `Takes along ${listed(cause.takes)}. `}
        ${cause.canWait}
        ${cause.since !== null && html` Since ${time(cause.since)}.`}
      </span>
    </span>`
  return cause.action
    ? html`<li><a href="${cause.action.href}">${body}</a></li>`
    : html`<li><span class="cause">${body}</span></li>`
}

function waiting({ waiting }: StatusAnswer): Html | null {
  if (waiting.length === 0) return null
  return html`
    <section>
      <h2>Waits for you</h2>
      <ul class="rows">
        ${waiting.map(
          ({ jobId, title }) => html`<li><a href="${pages.job(jobId)}">${mark('warn')}
            <span class="grow">${title}<span class="note"><br>Read the plan, then approve it.</span></span></a></li>`,
        )}
      </ul>
    </section>`
}

function running({ running }: StatusAnswer): Html | null {
  if (running.length === 0) return null
  return html`
    <section>
      <h2>Running</h2>
      <ul class="rows">
        ${running.map(
          ({ jobId, title, step, leftMs }) => html`<li><a href="${pages.job(jobId)}">${mark('work')}
            <span class="grow">${title}${step !== null && html`<span class="note"><br>${step}</span>`}</span>
            <span class="note right">${leftMs === null ? 'no estimate yet' : `${formatEstimate(leftMs)} left`}</span></a></li>`,
        )}
      </ul>
    </section>`
}

function topologies({ topologies }: StatusAnswer): Html | null {
  if (topologies.length === 0) return null
  return html`
    <section>
      <h2>What there is</h2>
      <ul class="rows">
        ${topologies.map(
          ({ id, name, lab, observedAt, vms, nodes, addOns }) => html`
            <li class="topology">
              <div class="name"><a href="${pages.design(id)}">${name}</a>
                ${lab && html`<span class="lab">LAB<span class="said">, a simulated homelab</span></span>`}
              </div>
              <div class="counts">
                ${counted('VMs run', vms.running, vms, pages.machines(id))}
                ${counted('nodes ready', nodes.ready, nodes, pages.cluster(id))}
                ${counted('add-ons well', addOns.well, addOns, pages.addOns(id))}
              </div>
              <p class="seen">${observedAt === null ? 'Never looked at.' : html`Looked at ${time(observedAt)}.`}</p>
            </li>`,
        )}
      </ul>
    </section>`
}

/** Well of total; what nobody knows has the shape of unknown and its own number, and is never 0. */
function counted(
  what: string,
  well: number,
  { total, unknown }: { total: number; unknown: number },
  href: string,
): Html {
  const shape =
    total === 0
      ? 'hold'
      : unknown > 0
        ? 'unknown'
        : well === total
          ? 'ok'
          : well === 0
            ? 'hold'
            : 'warn'
  const number = total === 0 ? 'none' : unknown === total ? `? of ${total}` : `${well} of ${total}`
  const note = unknown > 0 ? `${what}, ${unknown} unknown` : what
  return html`<a href="${href}"><b>${mark(shape)}${number}</b><span>${note}</span></a>`
}

/** An instant; the script writes it in the reader's zone and how long ago it was. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${`${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}</time>`
}
