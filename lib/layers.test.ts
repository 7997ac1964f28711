import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importsOf } from '@/scripts/layers/imports'
import { closuresIn, type Tree, violations } from '@/scripts/layers/violations'

/** Code that runs in the product: no tests, nothing generated, nothing for tests only. */
const NOT_PRODUCT = /\.(test|spec)\.|(^|\/)(generated|testing)\/|\.d\.ts$/

function readTree(): Tree {
  const files = ['app', 'components', 'lib', 'workers'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => `${root}/${path}`),
  )
  return new Map(
    files
      .filter((file) => /\.tsx?$/.test(file) && !NOT_PRODUCT.test(file))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  )
}

const tree = readTree()

test('every file keeps to the table of who may import whom', () => {
  expect(violations(tree)).toEqual([])
})

test('no page but the editor loads a schema library, and none loads the server', () => {
  const roots = [...tree.keys()].filter(
    (file) => file.startsWith('components/') && !file.startsWith('components/topology/'),
  )
  const closureOf = closuresIn(tree)
  for (const file of roots) {
    const loaded = [...closureOf(file)]
    const wrong = loaded.filter((name) =>
      /^(zod|libsql|better-auth|lib\/db\/|lib\/auth\/|lib\/io\/|node:)/.test(name),
    )
    expect(wrong, `${file} takes along`).toEqual([])
  }
})

describe('the checker', () => {
  const check = (files: Record<string, string>) => violations(new Map(Object.entries(files)))
  const dag = { 'lib/dag/dag.ts': 'export const x = 1\n' }

  test.each([
    [
      'a lower part that imports a higher one',
      { ...dag, 'lib/base/a.ts': "import { x } from '@/lib/dag/dag'\n" },
      'lib/base may not import lib/dag',
    ],
    [
      'the same by a relative path',
      { ...dag, 'lib/base/a.ts': "import { x } from '../dag/dag'\n" },
      'lib/base may not import lib/dag',
    ],
    [
      'the same as a type only',
      { ...dag, 'lib/base/a.ts': "import type { x } from '@/lib/dag/dag'\n" },
      'lib/base may not import lib/dag',
    ],
    [
      'a re-export',
      { ...dag, 'lib/base/a.ts': "export { x } from '@/lib/dag/dag'\n" },
      'lib/base may not import lib/dag',
    ],
    [
      'a dynamic import',
      { ...dag, 'lib/base/a.ts': "await import('@/lib/dag/dag')\n" },
      'lib/base may not import lib/dag',
    ],
    [
      'the web process that opens a connection',
      { 'lib/proxmox/p.ts': '', 'app/page.tsx': "import { p } from '@/lib/proxmox/p'\n" },
      'app may not import lib/proxmox',
    ],
    [
      'the web process that opens a secret',
      {
        'lib/db/secret-open.ts': '',
        'workers/panel/main.ts': "import { open } from '@/lib/db/secret-open'\n",
      },
      'workers/panel may not import lib/db/secret-open',
    ],
    [
      'a node module in a pure part',
      { 'lib/plan/a.ts': "import fs from 'node:fs'\n" },
      'lib/plan may not',
    ],
    [
      'the database library outside lib/db',
      { 'app/page.tsx': "import { PrismaClient } from '@prisma/client'\n" },
      'only lib/db may',
    ],
    [
      'a clock in a pure part',
      { 'lib/plan/a.ts': 'export const now = Date.now()\n' },
      'uses the clock',
    ],
    ['a timer in a pure part', { 'lib/lab/a.ts': 'setTimeout(() => {}, 1)\n' }, 'uses a timer'],
    [
      'the environment in a pure part',
      { 'lib/jobs/a.ts': 'const x = process.env.X\n' },
      'uses the environment',
    ],
    ['a folder that the table does not know', { 'lib/misc/a.ts': '' }, 'not in the table'],
    [
      'files in a circle',
      { 'lib/dag/a.ts': "import { b } from './b'\n", 'lib/dag/b.ts': "import { a } from './a'\n" },
      'files import each other: lib/dag/a.ts -> lib/dag/b.ts -> lib/dag/a.ts',
    ],
  ])('catches %s', (_, files, expected) => {
    expect(check(files as Record<string, string>).join('\n')).toContain(expected)
  })

  test('lets comments, strings and types pass', () => {
    expect(
      check({
        'lib/plan/a.ts': "// Date.now() would be wrong\nexport const text = 'process.env'\n",
        'lib/dag/a.ts': "import type { B } from './b'\nexport type A = B\n",
        'lib/dag/b.ts': "import { type A } from './a'\nexport type B = A\n",
      }),
    ).toEqual([])
  })

  test('reads imports over several lines', () => {
    expect(importsOf("import {\n  a,\n  type B,\n} from '@/lib/dag/dag'\n")).toEqual([
      { target: '@/lib/dag/dag', typeOnly: false },
    ])
  })
})
