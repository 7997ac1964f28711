import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { shapeAt } from '../shape'
import { NOT_APPLIED } from './not-applied'

/** All code that could bring a field about. */
const sources = ['plan', 'steps', 'catalogue']
  .flatMap((part) => {
    const root = new URL(`../../${part}/`, import.meta.url)
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|testing\//.test(file))
      .map((file) => readFileSync(new URL(file, root), 'utf8'))
  })
  .join('\n')

test.each(NOT_APPLIED)(
  'nothing brings $kind $at about; take the row away when something does',
  (row) => {
    if (row.except === undefined) expect(sources).not.toMatch(new RegExp(row.probe))
    else expect(sources, `for ${row.except}`).toMatch(new RegExp(row.probe))
    const parent = shapeAt([row.kind, 'x', ...row.at.slice(0, -1)])
    const key = row.at.at(-1)
    if (key !== undefined) {
      expect(parent.kind === 'group' && parent.fields.map((field) => field.key)).toContain(key)
    }
  },
)
