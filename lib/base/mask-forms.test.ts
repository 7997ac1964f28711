import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CUT_AT, KnownSecrets, LEFT_OUT, LineMasker, maskText } from './mask'

/** Any text that a secret may be: printable, with what every encoding treats specially. */
const secret = fc
  .string({ minLength: 12, maxLength: 60, unit: 'grapheme' })
  .filter((text) => text.trim().length >= 12 && text.isWellFormed() && !/[\r\n]/.test(text))
const around = fc.string({ maxLength: 40, unit: 'grapheme-ascii' })

type Shown = readonly [name: string, show: (value: string) => string]
const hex = (value: string) => Buffer.from(value).toString('hex')
const SHOWN: readonly Shown[] = [
  ['as it is', (value) => value],
  ['percent-encoded', encodeURIComponent],
  [
    'in lower-case percent',
    (value) => encodeURIComponent(value).replace(/%../g, (c) => c.toLowerCase()),
  ],
  ['with every byte percent-encoded', (value) => hex(value).replace(/../g, '%$&')],
  ['hexadecimal', hex],
  ['upper-case hexadecimal', (value) => hex(value).toUpperCase()],
  ['hexadecimal with colons', (value) => hex(value).replace(/..(?=.)/g, '$&:')],
  ['JSON', (value) => JSON.stringify(value)],
  ['JSON in JSON', (value) => JSON.stringify(JSON.stringify(value))],
  ['in single quotes of a shell', (value) => `'${value.replaceAll("'", `'\\''`)}'`],
  ['base64', (value) => Buffer.from(value).toString('base64')],
  ['base64url', (value) => Buffer.from(value).toString('base64url')],
]

const masker = (...values: string[]) => {
  const known = new KnownSecrets()
  for (const value of values) known.add(value)
  return new LineMasker(known)
}

test.each(SHOWN)('property: no known value is seen %s, wherever it stands', (_name, show) => {
  fc.assert(
    fc.property(secret, around, around, (value, before, after) => {
      const shown = show(value)
      // What of a form stays visible may be a character of its neighbours, never eight of its own.
      const out = masker(value).mask(`${before}${shown}${after}`)
      expect(out).toContain('[secret]')
      expect(out).not.toContain(shown.slice(2, -2))
      expect(out).not.toContain(value)
    }),
    { numRuns: 200 },
  )
})

test('property: base64 of a text that holds a secret shows nothing of it, whatever comes before', () => {
  fc.assert(
    fc.property(secret, around, around, (value, before, after) => {
      const blob = Buffer.from(before + value + after).toString('base64')
      const out = masker(value).mask(`data: ${blob}`)
      // Decoding what is left, piece by piece, gives nothing of the secret's middle.
      const middle = Buffer.from(value).subarray(4, -4).toString('latin1')
      for (const piece of out.split('[secret]'))
        for (const skip of [0, 1, 2, 3])
          expect(Buffer.from(piece.slice(skip), 'base64').toString('latin1')).not.toContain(middle)
    }),
    { numRuns: 300 },
  )
})

test.each([60, 64, 76])(
  'a long value in base64 lines of %i columns is masked line by line',
  (width) => {
    const value = Array.from({ length: 40 }, (_, i) => `line ${i} of a key ${i * 7919}`).join('\n')
    const lines =
      Buffer.from(value)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
    const masked = lines.map((line) => masker(value).mask(line))
    expect(new Set(masked.slice(0, -1))).toEqual(new Set(['[secret]']))
  },
)

test('property: a private key is not seen whatever pieces of lines it comes in', () => {
  const body = fc.array(fc.stringMatching(/^[A-Za-z0-9+/]{64}$/), { minLength: 1, maxLength: 30 })
  const kind = fc.constantFrom('', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ')
  const indent = fc.constantFrom('', '  ', '    | ', '\t')
  fc.assert(
    fc.property(body, kind, indent, fc.boolean(), (lines, name, before, escaped) => {
      const pem = [
        `-----BEGIN ${name}PRIVATE KEY-----`,
        ...lines,
        `-----END ${name}PRIVATE KEY-----`,
      ]
      const text = escaped
        ? `{"key":"${pem.join('\\n')}\\n","next":1}`
        : pem.map((line) => before + line).join('\n')
      const out = maskText(new KnownSecrets(), `first\n${text}\nlast`)
      for (const line of lines) expect(out).not.toContain(line)
      expect(out.startsWith('first\n') && out.endsWith('\nlast')).toBe(true)
    }),
  )
})

test('a key whose end never comes does not blacken the log for ever', () => {
  const one = masker()
  one.mask('-----BEGIN PRIVATE KEY-----')
  const after = Array.from({ length: 400 }, (_, i) => one.mask(`line ${i}`))
  expect(after[0]).toBe('[secret]')
  expect(after.at(-1)).toBe('line 399')
})

test('a secret at the cut of an endless line is seen on neither side', () => {
  const value = 'Quite-A-Secret/4711+0815'
  for (const at of [CUT_AT - value.length, CUT_AT - 10, CUT_AT - 1, CUT_AT]) {
    const endless = `${'x'.repeat(at)}${value}${'y'.repeat(LEFT_OUT * 2)}`
    const one = masker(value)
    const out = one.mask(endless.slice(0, CUT_AT)) + one.mask(endless.slice(CUT_AT))
    for (let i = 0; i + 6 <= value.length; i++) expect(out).not.toContain(value.slice(i, i + 6))
    expect(out).toContain('left out')
    expect(out.endsWith('yyyy')).toBe(true)
  }
})

test.each([
  ['the same letter', 'a'.repeat(2 ** 20)],
  ['key words', 'token="'.repeat(2 ** 17)],
  ['half tokens', 'eyJeyJeyJ.'.repeat(2 ** 16)],
  ['half addresses', '://a:b'.repeat(2 ** 16)],
  ['backslashes', `password: ${'\\"'.repeat(2 ** 18)}`],
])('a hostile line of a megabyte (%s) is masked in seconds', (_name, line) => {
  const began = performance.now()
  masker('some-known-value').mask(line)
  expect(performance.now() - began).toBeLessThan(8000)
})

const AWKWARD = `Tr0ub4dor&3-"quo<ted>"-'Zx9\\back`
test.each([
  ['as Go writes JSON', goJson(AWKWARD)],
  ['as Go writes JSON in JSON', JSON.stringify(goJson(AWKWARD))],
  ['as Go writes HTML', goHtml(AWKWARD)],
  ['with each sign escaped for a shell', AWKWARD.replaceAll(/[^\w-]/g, '\\$&')],
  ['with a colour in it', `${AWKWARD.slice(0, 9)}\u001b[0;31m${AWKWARD.slice(9)}`],
])('no known value is seen %s', (_name, shown) => {
  const out = masker(AWKWARD).mask(`before ${shown} after`)
  expect(out).toMatch(/^before .*\[secret\].* after$/)
  expect(out).not.toMatch(/ub4d|quo|back/)
})

function goJson(value: string): string {
  return JSON.stringify(value)
    .replaceAll('&', '\\u0026')
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
}
function goHtml(value: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return value.replaceAll(/[&<>"']/g, (c) => signs[c] ?? `&#${c.charCodeAt(0)};`)
}

test('a secret field’s value is not seen in the lines below it either, and the next field is', () => {
  const text = [
    'auth:',
    '  adminPassword: |',
    '    hunter2 is',
    '',
    '    two lines',
    '  user: ada',
    'rootPassword: >-',
    '  hunter2',
    'note: |',
    '  to be read',
  ]
  expect(maskText(new KnownSecrets(), text.join('\n')).split('\n')).toEqual([
    ...['auth:', '  adminPassword: [secret]', '    [secret]', '', '    [secret]', '  user: ada'],
    ...['rootPassword: [secret]', '  [secret]', 'note: |', '  to be read'],
  ])
})

test.each([60, 64, 76])(
  'property: base64 in lines of %i columns tells nothing of a secret in it, and the rest stays',
  (width) => {
    const ascii = fc.stringMatching(/^[ -~]{12,60}$/).filter((text) => text.trim() === text)
    const filler = fc.integer({ min: 0, max: 200 })
    fc.assert(
      fc.property(ascii, filler, (value, skip) => {
        const text = `${'-'.repeat(skip)}${value}${'.'.repeat(400)}`
        const lines =
          Buffer.from(text)
            .toString('base64')
            .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
        const one = masker(value)
        const out = lines.map((line) => one.mask(line))
        const told = Buffer.from(out.filter((line) => line !== '[secret]').join(''), 'base64')
        for (let i = 0; i + 7 <= value.length; i++)
          expect(told.toString('latin1')).not.toContain(value.slice(i, i + 7))
        // Three lines of the value at most, and none of what comes long after it.
        expect(out.filter((line) => line.includes('[secret]')).length).toBeLessThanOrEqual(3)
        expect(out.at(-1)).not.toContain('[secret]')
      }),
      { numRuns: 100 },
    )
  },
)
