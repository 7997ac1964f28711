import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listUnplanned } from '@/lib/db/git-log'
import { SMALL } from '@/lib/db/testing/document'
import { tempDb } from '@/lib/db/testing/temp-db'
import { createTopology } from '@/lib/db/topologies'
import { git, startGitServer } from '@/lib/git/testing/git-server'
import type { GitPoint } from './git-shop'
import { ADA, atPanel, FILE, linkTo, openGitPanel } from './testing/git-panel'

const T = 'small-lab'
const POINTS: GitPoint[] = ['fetched', 'saved', 'taken', 'committed', 'pushed', 'recorded']
const cpus = (n: number) => (text: string) => text.replace(/cpus: \d+/, `cpus: ${n}`)
const memory = (n: number) => (text: string) =>
  text.replace(/memoryMib: \d+, d/, `memoryMib: ${n}, d`)

/** One look in a process that kills itself at the point; the signal that ended it. */
function lookAndDie(dataDir: string, port: number, point: string): Promise<string | null> {
  const file = 'workers/provisioner/testing/git-child.ts'
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', file, dataDir, String(port), T, point],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  return new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
}

test.each(POINTS)(
  'a process that is killed when it has %s loses nothing and does nothing twice',
  async (point) => {
    const { dataDir } = await tempDb()
    const server = await startGitServer(dataDir)
    const opened = await openGitPanel(dataDir, server.port)
    onTestFinished(async () => {
      await opened.db.$disconnect()
      await server.close()
    })
    const { db } = opened
    await createTopology(db, { text: SMALL, actor: ADA, message: 'Begin', now: Date.now() })
    const panel = atPanel(opened, T)
    await panel.put(linkTo(server))
    expect(await panel.look()).toEqual({ kind: 'in-step' })

    const clone = join(dataDir, 'clone')
    git(dataDir, 'clone', '--quiet', server.bare, clone)
    mkdirSync(join(clone, 'lab'), { recursive: true })
    writeFileSync(join(clone, FILE), cpus(3)(readFileSync(join(clone, FILE), 'utf8')))
    git(clone, 'commit', '--quiet', '-am', 'Three cores')
    git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
    await panel.save(memory(3072), 'Three GiB')
    await panel.save(memory(4096), 'Four GiB')

    expect(await lookAndDie(dataDir, server.port, point)).toBe('SIGKILL')
    expect(await panel.look()).toEqual({ kind: 'in-step' })
    expect(await panel.look()).toEqual({ kind: 'in-step' })

    const trailers = server
      .git('log', '--format=%(trailers:key=Drawbridge-Revision,valueonly)', 'main')
      .split('\n')
      .filter(Boolean)
    expect(new Set(trailers).size).toBe(trailers.length)
    const subjects = server.git('log', '--format=%s', 'main').split('\n')
    expect(subjects.filter((each) => each === 'Three cores').length).toBeLessThanOrEqual(2)
    expect(`${server.git('show', `main:${FILE}`)}\n`).toBe((await panel.head()).text)
    expect((await panel.head()).text).toContain('cpus: 3, memoryMib: 4096')
    const messages = await db.revision.findMany({ select: { message: true } })
    expect(messages.map(({ message }) => message)).toEqual([
      ...['Begin', 'Three GiB', 'Four GiB', 'Three cores'],
    ])
    expect((await panel.link()).waiting).toEqual([])
    // What came in is planned whenever the process died.
    expect(await listUnplanned(db, T)).toMatchObject([{ revision: 4, before: 3 }])
    const entries = await db.auditEntry.findMany({ where: { action: 'git.push' } })
    expect(entries.length).toBe(trailers.length)
  },
)
