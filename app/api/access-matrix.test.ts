import { expect, test } from 'vitest'
import { ROUTES } from '@/lib/auth/access'
import type { Panel } from '@/lib/auth/panel'
import type { PanelSession } from '@/lib/auth/session'
import { call, codeOf, type Endpoint, everyEndpoint, partsOf } from './testing/every-route'
import {
  type Caller,
  type SamplePanel,
  sampleCallers,
  samplePanel,
  T,
} from './testing/sample-panel'
import { socketRows } from './testing/socket-rows'

/** What admission answers, by its code; every other answer comes from behind it. */
const WORDS: Record<string, string> = {
  'session.none': '401',
  'access.denied': 'role',
  'confirm.sign-in-again': 'again',
  'confirm.at-a-desk': 'desk',
  'request.other-origin': 'origin',
  'topology.unknown': '404',
  'job.unknown': '404',
  'connection.unknown': '404',
  'token.not-by-token': 'person',
  'token.scope': 'scope',
}

type Question = { label: string; endpoint: Endpoint; params?: object; body?: string }

/** How one caller is answered, in one word. */
async function answerOf({ endpoint, params, body }: Question, caller: Caller, at: SamplePanel) {
  const of = ROUTES[endpoint.key].of
  const id = of === 'job' ? at.jobId : of === 'connection' ? 'lab' : 'none'
  const all = { t: T, id, n: '1', action: 'cancel', name: 'none', ...params }
  const named = Object.entries(all).filter(([name]) => partsOf(endpoint.path).includes(name))
  const response = await call(endpoint, {
    ...{ headers: caller, params: Object.fromEntries(named) },
    // No body that a route takes: what is let in stops there and changes nothing.
    body: body ?? '{',
  })
  if (response.status === 500) throw new Error(`${endpoint.key}: ${await response.text()}`)
  const word = WORDS[(await codeOf(response)) ?? ''] ?? 'yes'
  // Where no place is judged it is the route itself that did not find what "none" names.
  return word === '404' && (of === 'panel' || of === 'self') ? 'yes' : word
}

/** Who a caller is stays the same for the whole table: it is found once, not at each of its cells. */
function askOnce(panel: Panel): void {
  const known = new Map<string, Promise<PanelSession | null>>()
  const { findCaller } = panel
  panel.findCaller = (headers, now) => {
    const who = headers.get('cookie') ?? headers.get('authorization') ?? ''
    const found = known.get(who) ?? findCaller(headers, now)
    known.set(who, found)
    return found
  }
}

/** Handlers that judge further than their row: goals and jobs that lose data. */
function deeper(endpoints: readonly Endpoint[], { destroyId }: SamplePanel): Question[] {
  const find = (key: string) => {
    const endpoint = endpoints.find((each) => each.key === key)
    if (!endpoint) throw new Error(`${key} is gone`)
    return endpoint
  }
  const goal = { kind: 'destroy', disks: [] }
  return [
    {
      label: '... {"goal": {"kind": "destroy"}}',
      endpoint: find('POST /api/t/[t]/jobs'),
      body: JSON.stringify({ goal, revision: 1, planHash: 'x' }),
    },
    {
      label: '... retry of a destroy',
      endpoint: find('POST /api/jobs/[id]/[action]'),
      params: { id: destroyId, action: 'retry' },
      body: '{"reason":""}',
    },
  ]
}

const LEGEND = `# Who is let in where

Made by \`app/api/access-matrix.test.ts\`, which calls every endpoint and socket event as each of these
callers; a difference fails it. After a change of the access table that is meant:
\`npx vitest run app/api/access-matrix.test.ts -u\`, and read the difference.

Callers: nobody; a member; members with a role on the topology (\`viewer@t\` ...); people with a role
everywhere; \`old\`: an admin whose sign-in is not fresh; \`phone\`, \`phone+\`: an admin's phone, not
confirmed and confirmed; \`site\`: an admin's cookie in a request from another site; \`tokens\`: the
scopes whose token of an admin is let in.

Answers: \`yes\` let in; \`401\` not signed in; \`role\` (403) needs more; \`404\` not to be seen by them;
\`again\` (403) asks for a proof that it is the person; \`desk\` (403) not on a phone; \`origin\` (403)
another site; \`person\` (403) not by any token.
`

test('who is let in where is exactly what was agreed', async () => {
  const at = await samplePanel()
  // What is refused here is refused a thousand times.
  at.panel.noteRefused = async () => {}
  askOnce(at.panel)
  const callers = await sampleCallers(at)
  const people = [...callers].filter(([name]) => !name.startsWith('token '))
  const tokens = [...callers].filter(([name]) => name.startsWith('token '))
  const endpoints = await everyEndpoint()
  const order = Object.keys(ROUTES)
  const questions: Question[] = endpoints
    .toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
    .map((endpoint) => ({ label: endpoint.key, endpoint }))
  for (const question of deeper(endpoints, at)) {
    const place = questions.findIndex(({ endpoint }) => endpoint === question.endpoint)
    questions.splice(place + 1, 0, question)
  }
  const rows: string[][] = [['Route', ...people.map(([name]) => name), 'tokens']]
  const sessions = await at.panel.db.session.findMany()
  for (const question of questions) {
    const cells: string[] = []
    for (const [, caller] of people) cells.push(await answerOf(question, caller, at))
    const scopes: string[] = []
    const refused = new Set<string>()
    for (const [name, caller] of tokens) {
      const answer = await answerOf(question, caller, at)
      if (answer === 'yes') scopes.push(name.replace('token ', ''))
      else refused.add(answer)
    }
    const all = scopes.length === tokens.length
    const told = all ? 'any' : scopes.join(', ') || [...refused].join('/')
    rows.push([question.label, ...cells, told])
    // Signing out and ending others is for the next caller as if it had not been.
    await at.panel.db.session.deleteMany()
    await at.panel.db.session.createMany({ data: sessions })
  }
  rows.push(...(await socketRows(at, people)))
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const [head = [], ...body] = rows
  const table = [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
  const golden = '../../lib/auth/access-matrix.golden.md'
  await expect(`${LEGEND}\n${table}\n`).toMatchFileSnapshot(golden)
}, 120_000)
