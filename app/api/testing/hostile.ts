import fc from 'fast-check'
import type { RouteKey } from '@/lib/auth/access'
import { SMALL } from '@/lib/db/testing/document'

const LONG = 'x'.repeat(200_000)

/** Text that somebody sends who means harm, or whose program is broken. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', '\u0000', '\ud800', '\u202e', '\r\nset-cookie: a=b', '%00', '%', '{{7*7}}'],
    ...["' OR '1'='1", "'; DROP TABLE User; --", '1); ATTACH DATABASE "/tmp/x" AS y; --'],
    ...['../../../etc/passwd', '..\\..\\x', '/', '.', '..', 'file:///etc/passwd', '$(id)', '`id`'],
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'],
    ...['<script>alert(1)</script>', 'null', 'undefined', 'NaN', 'true', '-1', '1e999', '0x10'],
    ...['9007199254740993', '2147483648', '-9223372036854775809', LONG],
    ...['small-lab', 'lab', 'none', 'cancel', 'retry', 'approve', 'skip', 'admin'],
  ),
)

const hostileNumber = fc.constantFrom(
  ...[0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, Number.MIN_VALUE],
)

/** Keys of the contract beside those that every object has. */
const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'then', 'toJSON', 'length'],
  ...['name', 'text', 'password', 'role', 'goal', 'kind', 'vm', 'scopes', 'grants', 'value', 'id'],
]

/** Any JSON value, with names that hurt. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostileText,
    hostileNumber,
    fc.constantFrom(null, true, false),
    fc.array(tie('any'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), hostileText), tie('any')), {
        maxLength: 5,
      })
      // Own properties even where the name is __proto__, as JSON.parse makes them.
      .map((pairs) => Object.fromEntries(pairs)),
  ),
})).any

/** Bodies that are right, to be spoilt in one place: what gets past the schema is where it hurts. */
const RIGHT: Partial<Record<RouteKey, Record<string, unknown>>> = {
  'POST /api/auth/sign-in': { name: 'admin', password: 'wrong horse battery' },
  'POST /api/auth/second-factor': { ticket: 'x', code: '123456' },
  'POST /api/auth/phone': { token: 'x' },
  'POST /api/auth/invite': { token: 'x', password: 'a long enough sentence' },
  'POST /api/setup': { token: 'x', name: 'ada', password: 'a long enough sentence' },
  'POST /api/me/confirm': { password: 'wrong' },
  'POST /api/me/password': { password: 'a long enough sentence' },
  'PUT /api/me/totp': { code: '123456' },
  'PATCH /api/me/passkeys/[id]': { name: 'key' },
  'POST /api/me/tokens': { name: 'ci', scopes: ['jobs:read'], topologies: null, days: 7 },
  'POST /api/people': { name: 'eve', role: 'viewer', grants: {} },
  'PATCH /api/people/[id]': { role: 'viewer', grants: { 'small-lab': 'editor' } },
  'POST /api/topologies': { from: 'text', text: SMALL },
  'POST /api/t/[t]/revisions': { text: SMALL, parent: 1, message: 'm' },
  'POST /api/t/[t]/restore': { revision: 1, parent: 1 },
  'PUT /api/t/[t]/layout': { network: { web: { x: 1, y: 2 } } },
  'POST /api/t/[t]/jobs': { goal: { kind: 'deploy' }, revision: 1, planHash: 'x' },
  'POST /api/t/[t]/errands': { kind: 'refresh' },
  'PUT /api/t/[t]/secrets/[name]': { value: 'v' },
  'POST /api/t/[t]/kubeconfig': { cluster: 'main' },
  'POST /api/t/[t]/consoles': { vm: 'web', kind: 'serial' },
  'PUT /api/t/[t]/git': {
    ...{ url: 'https://127.0.0.1/a.git', branch: 'main', path: 'a.yaml', auth: 'token' },
    ...{ username: 'panel', token: 'x', caPem: null },
    ...{ commitOn: 'message', intervalS: 300, autoApply: false },
  },
  'POST /api/t/[t]/git/sync': { commit: true },
  'POST /api/t/[t]/git/choose': { choice: 'theirs', state: 'unrelated', commit: 'c' },
  'POST /api/t/[t]/git/host-key': { offered: 'ssh-ed25519 AAAA', compared: true },
  'POST /api/jobs/[id]/[action]': { reason: 'because', planHash: 'h', typedName: 'Small lab' },
  'POST /api/connections': {
    ...{ name: 'Rack', url: 'https://127.0.0.1:1', tokenId: 'a@pve!b', tokenSecret: 's' },
  },
  'PATCH /api/connections/[id]': { name: 'Attic', dialer: { kind: 'direct' } },
  'PUT /api/secrets': { name: 'connections/lab/token', value: 'v' },
  'POST /api/secrets/reveal': { name: 'connections/lab/token' },
  'POST /api/recovery-kit': { passphrase: 'a long enough sentence' },
  'PUT /api/panel/settings': {},
  'PUT /api/settings/oidc': { issuer: 'https://127.0.0.1:1', clientId: 'x' },
}

/** Bodies no parser should trip over. */
const RAW = fc.constantFrom(
  ...['{', '[]', '""', 'null', '{"a":1}{', '\ufeff{}', '{"a":NaN}', 'a=b&c=d', '\u0000'],
  ...['['.repeat(100_000), `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  `{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}`,
  ...[
    `{"name":"${LONG}"}`,
    `{"text":"${'&a [*a,*a] '.repeat(5000)}"}`,
    `[${'1,'.repeat(50_000)}1]`,
  ],
)

/** Scalars and structures that a YAML reader, the schema, the rules or the tables may trip over. */
const YAML_VALUES = fc.constantFrom(
  ...[
    '',
    '~',
    '!!js/function "x"',
    '!secret nope',
    '!secret __proto__',
    '&a [*a]',
    '*nowhere',
    '|-',
  ],
  ...[
    '2147483648',
    '-1',
    '1e400',
    '.nan',
    '0o777',
    '2026-01-01',
    'yes',
    '{a: {b: {c: []}}}',
    '[[[]]]',
  ],
  ...[
    '10.0.0.0/33',
    '999.1.1.1',
    '10.0.0.0/0',
    '::1/128',
    'constructor',
    '"\\u0000"',
    LONG.slice(0, 9000),
  ],
)
const LINES = SMALL.split('\n')

/** The small document with a line or two that say something else. */
const hostileDocument: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.nat({ max: LINES.length - 1 }), YAML_VALUES, fc.boolean()), {
    minLength: 1,
    maxLength: 2,
  })
  .map((changes) => {
    const lines = [...LINES]
    for (const [at, value, asKey] of changes) {
      const line = lines[at] ?? ''
      const indent = /^\s*/.exec(line)?.[0] ?? ''
      const name = /^\s*([\w-]+):/.exec(line)?.[1] ?? 'x'
      lines[at] = asKey ? `${indent}${value}: {}` : `${indent}${name}: ${value}`
    }
    return lines.join('\n')
  })

/** A body for that route: nearly right, any JSON, or none. */
export function hostileBody(key: RouteKey): fc.Arbitrary<string | undefined> {
  const right = RIGHT[key] ?? {}
  const documents = hostileDocument.map((text) => JSON.stringify({ ...right, text }))
  const spoilt = fc
    .tuple(fc.constantFrom('', ...Object.keys(right), ...KEYS), hostileJson)
    .map(([name, value]) => JSON.stringify(name === '' ? right : { ...right, [name]: value }))
  return fc.oneof(
    { arbitrary: spoilt, weight: 6 },
    { arbitrary: documents, weight: 'text' in right ? 12 : 0 },
    { arbitrary: hostileJson.map((value) => JSON.stringify(value)), weight: 3 },
    { arbitrary: RAW, weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  )
}

/** Headers as nobody sends them; values are what `Headers` takes at all. */
export const hostileHeaders: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(
    ...['content-type', 'cookie', 'authorization', 'origin', 'host', 'x-forwarded-for'],
    ...['content-length', 'sec-fetch-site', 'user-agent', 'x-drawbridge-peer', 'if-none-match'],
  ),
  fc.oneof(
    fc.constantFrom(
      ...['text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'null', '-1'],
      ...['Bearer ', `Bearer dbt_${'A'.repeat(43)}`, 'Bearer dbt_', 'Basic YTpi', `Bearer ${LONG}`],
      ...[
        'drawbridge.session=forged.AAAA',
        'drawbridge.session=%',
        '__Host-drawbridge.session=x.y',
      ],
      ...[
        `drawbridge.session=${LONG}`,
        ';;;===',
        'http://127.0.0.1:4880',
        'https://[::1',
        'cross-site',
      ],
    ),
    fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
  ),
  { maxKeys: 3 },
)

/** A query string with names that routes know. */
export const hostileQuery: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          ...['goal', 'limit', 'before', 'after', 'topology', 'status', 'kind', 'object', 'from'],
          ...['to', 'who', 'action', 'text', 'format', 'cursor', 'code', 'state', 'next'],
        ),
        hostileText,
      ),
      fc.oneof(
        hostileText,
        hostileJson.map((value) => JSON.stringify(value) ?? ''),
      ),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => {
    const query = new URLSearchParams(pairs.map(([k, v]) => [k, v.slice(0, 5000)]))
    return query.size === 0 ? '' : `?${query}`
  })
