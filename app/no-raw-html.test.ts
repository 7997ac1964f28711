import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Ways by which a text becomes markup or code in a browser. */
const SINKS =
  /dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|srcdoc|srcDoc|createContextualFragment|parseFromString|\beval\(|new Function\(|javascript:/

/** The places that use one, each with why it is safe. */
const ALLOWED: Readonly<Record<string, string>> = {
  'app/layout.tsx': 'a constant of ours, before the first paint',
  'public/status.js': 'the page’s own next answer, in which the server escaped every text',
}

const FOLDERS = ['app', 'components', 'lib', 'public', 'workers']

test('text becomes markup nowhere but where it is written down why', () => {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.(ts|tsx|js|mjs)$/.test(file))
      .filter((file) => !/\.test\.|\/testing\/|\/generated\//.test(file))
      .filter((file) => SINKS.test(readFileSync(file, 'utf8'))),
  )
  expect(found.toSorted()).toEqual(Object.keys(ALLOWED).toSorted())
})

test('markup of ours is marked as such for constants only', () => {
  const marked = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/(?<!const )\btrusted\(([^)]{0,60})/g)].map(
          ([, given = '']) => `${file}: ${given.split('\n')[0]}`,
        ),
      ),
  )
  // A constant in capitals, a literal, or a drawing that is made of numbers (a QR code).
  const wrong = marked.filter((entry) => !/: ([A-Z_]+|['"`<].*|qrSvg\(\w+|paths|)$/.test(entry))
  expect(wrong).toEqual([])
})
