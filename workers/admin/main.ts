import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { PanelError } from '@/lib/base/errors'
import { parseConfig } from '@/lib/io/env'
import { type Box, type Command, EXIT, OPTIONS, type Option } from './command'
import { becomeOwnerOf } from './with-data'

/** Each command, loaded when it is asked for: a backup needs no password hashing. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  'list-people': async () => (await import('./people')).listPeopleCommand,
  'reset-password': async () => (await import('./people')).resetPassword,
  'disable-second-factor': async () => (await import('./people')).disableSecondFactor,
  'make-admin': async () => (await import('./people')).makeAdmin,
  'sign-out': async () => (await import('./people')).signOut,
  'setup-link': async () => (await import('./people')).setupLink,
  backup: async () => (await import('./backups')).backup,
  backups: async () => (await import('./backups')).backups,
  restore: async () => (await import('./backups')).restoreCommand,
  check: async () => (await import('./check')).check,
  'restore-key': async () => (await import('./keys')).restoreKeyCommand,
  'rotate-key': async () => (await import('./keys')).rotateKey,
  'forget-secrets': async () => (await import('./keys')).forgetSecrets,
}

// As workers/panel/place.ts: both the sources and a build lie two folders below the root.
const root = path.resolve(import.meta.dirname, '../..')
const migrationsDir = import.meta.filename.endsWith('.mjs')
  ? path.join(import.meta.dirname, 'migrations')
  : path.join(root, 'prisma', 'migrations')

/** What a backup or a database calls itself is shown, and must not steer the terminal. */
const plain = (text: string) => text.replaceAll(/[^\P{Cc}\n\t]/gu, '?')
const say = (text: string) => process.stdout.write(`${plain(text)}\n`)
const complain = (text: string) => process.stderr.write(`${plain(text)}\n`)

async function help(): Promise<number> {
  say('At the panel’s own machine: npm run admin -- <command> [--data <folder>]')
  say('Whoever may write the data folder may do all of this; it goes into the audit log.\n')
  for (const load of Object.values(COMMANDS)) {
    const { usage, does } = await load()
    say(`  ${usage}\n      ${does}`)
  }
  say('\nExit code: 0 done, 1 not done or something is wrong, 2 typed wrongly.')
  return EXIT.done
}

async function run(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help') return help()
  // Of the panel's own; not for people.
  if (name === 'work') return (await import('./work')).work()
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) {
    complain(`There is no command "${name}" - npm run admin -- help lists them.`)
    return EXIT.typed
  }
  const command = await load()
  const typed = read(command, rest)
  if (typeof typed === 'string') {
    complain(`${typed}\n  npm run admin -- ${command.usage}`)
    return EXIT.typed
  }
  const config = parseConfig({
    ...process.env,
    ...(typed.data ? { DRAWBRIDGE_DATA: typed.data } : {}),
  })
  becomeOwnerOf(config.dataDir)
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const { args, options } = typed
  return command.run({ config, args, options, version, migrationsDir, say, now: Date.now })
}

type Typed = Pick<Box, 'args' | 'options'> & { data: string | undefined }

/** What was typed, or what is wrong with it. */
function read(command: Command, rest: readonly string[]): Typed | string {
  const switches = Object.fromEntries(
    OPTIONS.map((option) => [option, { type: 'boolean' as const }]),
  )
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...switches, data: { type: 'string' } },
      allowPositionals: true,
    })
    const given: Record<string, unknown> = values
    const named = OPTIONS.filter((option) => given[option] === true)
    const foreign = named.find((option) => !command.options.includes(option))
    if (foreign) return `--${foreign} is not for this command.`
    const [least, most] = command.words
    if (positionals.length < least) return 'Something is missing.'
    if (positionals.length > most) return `"${positionals[most]}" is too much.`
    const data = typeof values.data === 'string' ? values.data : undefined
    return { args: positionals, options: new Set<Option>(named), data }
  } catch (error) {
    return `${(error as Error).message.split('.')[0]}.`
  }
}

process.umask(0o077)
try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const known = error instanceof PanelError
  complain(known ? `${error.message} [${error.code}]` : String((error as Error).stack ?? error))
  process.exitCode = EXIT.failed
}
