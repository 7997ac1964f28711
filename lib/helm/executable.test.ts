import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { childEnvironment } from './environment'
import { findExecutable } from './executable'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'helm-path-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function put(name: string, mode: number): string {
  const path = join(folder, name)
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, mode)
  return path
}

test('a program that only its owner writes to is run, also through a link', async () => {
  const path = put('good', 0o755)
  expect(await findExecutable(path)).toEqual({ command: path, before: [] })
  symlinkSync(path, join(folder, 'link'))
  expect(await findExecutable(join(folder, 'link'))).toEqual({ command: path, before: [] })
})

test('a script is run by the Node that runs the panel', async () => {
  const path = put('helm.mjs', 0o644)
  expect(await findExecutable(path)).toEqual({ command: process.execPath, before: [path] })
})

test.each([
  ['everybody may write to', () => put('open', 0o757), 'everybody may write to it'],
  ['cannot be executed', () => put('data', 0o644), 'not executable'],
  ['is a folder', () => folder, 'no file'],
  ['is relative', () => './helm', 'not an absolute path'],
  ['is found by a name alone', () => 'helm3', 'not an absolute path'],
  [
    'stands in a folder that everybody may write to',
    () => {
      mkdirSync(join(folder, 'shared'))
      const path = put('shared/helm', 0o755)
      chmodSync(join(folder, 'shared'), 0o777)
      return path
    },
    'everybody may write to its folder',
  ],
  [
    'stands below a folder that everybody may write to',
    () => {
      mkdirSync(join(folder, 'open-above/inner'), { recursive: true })
      const path = put('open-above/inner/helm', 0o755)
      chmodSync(join(folder, 'open-above'), 0o777)
      return path
    },
    'everybody may write to a folder above it',
  ],
])('one that %s is not', async (_, path, why) => {
  await expect(findExecutable(path())).rejects.toMatchObject({
    ...{ code: 'helm.unsafe', message: expect.stringContaining(why) },
  })
})

test('what is not there is said to be that', async () => {
  await expect(findExecutable(join(folder, 'none'))).rejects.toMatchObject({
    code: 'helm.not-found',
  })
})

test('a child sees nothing of the environment that the panel was started with', () => {
  process.env.NODE_OPTIONS_TEST = 'x'
  const names = Object.keys(childEnvironment('/home/x')).toSorted()
  delete process.env.NODE_OPTIONS_TEST
  const allowed =
    /^(HELM_(CACHE|CONFIG|DATA)_HOME|HOME|HTTPS_PROXY|KUBECONFIG|LANG|NODE_ENV|NO_PROXY|PATH)$/
  expect(names.filter((name) => !allowed.test(name))).toEqual([])
})
