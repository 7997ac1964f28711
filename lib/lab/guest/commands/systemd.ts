import { journalOf, journalPath } from '../../kubernetes/k3s/journal'
import type { Command, CommandContext, CommandFamily } from '../command'
import { readText } from '../filesystem'
import type { Unit } from '../guest'
import { oneCommand, startProcess } from '../process/start'
import { done, effect, failed, type Script } from '../shell/script'
import { beginShutdown, endProcesses } from '../stop'
import { addUnit, runUnitHook, unitName } from '../units'
import { propertyNames } from './system'

/** Positional words: everything that is no option, `-p NAME`'s value left out. */
const operandsOf = (args: readonly string[]): string[] =>
  args.filter(
    (arg, index) =>
      !arg.startsWith('-') && !/^(-p|--property|-u|-n|-t|-o)$/.test(args[index - 1] ?? ''),
  )

function findUnit({ guest, os, lab, vm }: CommandContext, name: string): Unit | null {
  const unit = guest.units[unitName(name)]
  if (unit) return unit
  const known =
    os.enabled.includes(unitName(name)) ||
    readText(lab, vm, `/etc/systemd/system/${name.includes('.') ? name : `${name}.service`}`) !==
      null
  return known ? addUnit(lab, vm, unitName(name), 'inactive') : null
}

const missing = (name: string): Script =>
  failed(
    `Failed to start ${name.includes('.') ? name : `${name}.service`}: Unit ${name.includes('.') ? name : `${name}.service`} not found.`,
    5,
  )

/** `show`: an unknown unit answers too, as not-found and inactive. */
function show(context: CommandContext, names: string[]): Script {
  const wanted = propertyNames(context.args)
  const blocks = names.map((name) => {
    const unit = findUnit(context, name)
    const values: Record<string, string> = {
      Id: name.includes('.') ? name : `${name}.service`,
      LoadState: unit ? 'loaded' : 'not-found',
      ActiveState: unit?.active ?? 'inactive',
      SubState: unit?.sub ?? 'dead',
      Result: unit?.result ?? 'success',
      ExecMainStatus: String(unit?.exitStatus ?? 0),
      ExecMainCode: unit && !unit.process ? '1' : '0',
      ExecMainPID: unit?.process ?? '0',
      MainPID: unit?.process ?? '0',
      UnitFileState: unit?.enabled ? 'enabled' : unit ? 'disabled' : '',
      NRestarts: '0',
    }
    const rows = Object.entries(values).filter(
      ([key]) => wanted.length === 0 || wanted.includes(key),
    )
    return rows
      .map(([key, value]) =>
        context.args.includes('--value') ? `${value}\n` : `${key}=${value}\n`,
      )
      .join('')
  })
  return done(blocks.join('\n'))
}

function isActive(context: CommandContext, names: string[]): Script {
  const states = names.map((name) => findUnit(context, name)?.active ?? 'inactive')
  const out =
    context.args.includes('-q') || context.args.includes('--quiet')
      ? ''
      : states.map((state) => `${state}\n`).join('')
  return done(out, states.every((state) => state === 'active') ? 0 : 3)
}

function startUnit(context: CommandContext, name: string): void {
  const unit =
    findUnit(context, name) ?? addUnit(context.lab, context.vm, unitName(name), 'inactive')
  unit.active = 'active'
  unit.sub = 'running'
  unit.result = 'success'
  unit.exitStatus = 0
  unit.since = context.lab.now.at
  runUnitHook(context.lab, context.vm, unitName(name))
}

function stopUnit(context: CommandContext, name: string): void {
  const { guest } = context
  const unit = guest.units[unitName(name)]
  if (!unit) return
  if (unit.process) endProcesses(context.lab, context.vm, unit.process)
  unit.active = 'inactive'
  unit.sub = 'dead'
  unit.process = null
  if (unit.transient) delete guest.units[unitName(name)]
}

function enable(context: CommandContext, names: string[], on: boolean): Script {
  const { os, args } = context
  for (const name of names.map(unitName)) {
    os.enabled = os.enabled.filter((other) => other !== name)
    if (on) os.enabled.push(name)
    const unit = context.guest.units[name]
    if (unit) unit.enabled = on
    if (args.includes('--now')) on ? startUnit(context, name) : stopUnit(context, name)
  }
  return done()
}

/** Verbs that change something; names are known units. */
const CHANGES: Record<string, (context: CommandContext, names: string[]) => Script> = {
  start: (context, names) => withKnown(context, names, startUnit),
  restart: (context, names) => withKnown(context, names, startUnit),
  'try-restart': (context, names) => withKnown(context, names, startUnit),
  reload: (context, names) => withKnown(context, names, startUnit),
  'reload-or-restart': (context, names) => withKnown(context, names, startUnit),
  stop: (context, names) => {
    for (const name of names) stopUnit(context, name)
    return done()
  },
  kill: (context, names) => {
    for (const name of names) stopUnit(context, name)
    return done()
  },
  enable: (context, names) => enable(context, names, true),
  disable: (context, names) => enable(context, names, false),
  mask: (context, names) => {
    for (const name of names) if (name === 'swap.target') context.os.swap = false
    return enable(context, names, false)
  },
  unmask: () => done(),
  'daemon-reload': () => done(),
  'reset-failed': (context, names) => {
    for (const [name, unit] of Object.entries(context.guest.units)) {
      if (unit.active !== 'failed' || (names.length > 0 && !names.map(unitName).includes(name)))
        continue
      unit.active = 'inactive'
      if (unit.transient) delete context.guest.units[name]
    }
    return done()
  },
}

function withKnown(
  context: CommandContext,
  names: string[],
  work: (context: CommandContext, name: string) => void,
): Script {
  const unknown = names.find((name) => !findUnit(context, name))
  if (unknown) return missing(unknown)
  for (const name of names) work(context, name)
  // A service takes a moment to come up; systemctl waits for it.
  return { steps: [{ do: 'write', afterMs: 400, stream: 'out', text: '' }], code: 0 }
}

const systemctl: Command = (context) => {
  const [verb = '', ...names] = operandsOf(context.args)
  if (verb === 'show') return show(context, names)
  if (verb === 'is-active') return isActive(context, names)
  if (verb === 'is-enabled') {
    const on = names.every((name) => context.os.enabled.includes(unitName(name)))
    return done(`${on ? 'enabled' : 'disabled'}\n`, on ? 0 : 1)
  }
  if (verb === 'is-system-running') {
    const running = context.guest.phase === 'up'
    return done(`${running ? 'running' : 'starting'}\n`, running ? 0 : 1)
  }
  if (verb === 'status') {
    const unit = findUnit(context, names[0] ?? '')
    return unit
      ? done(
          `* ${names[0]}\n     Active: ${unit.active} (${unit.sub})\n`,
          unit.active === 'active' ? 0 : 3,
        )
      : missing(names[0] ?? '')
  }
  if (context.user !== 'root')
    return failed(`Failed to ${verb}: Interactive authentication required.`)
  if (verb === 'reboot' || verb === 'poweroff')
    return {
      steps: [effect('systemd.down', { to: verb === 'reboot' ? 'reboot' : 'off' }, 300)],
      code: 0,
    }
  const change = CHANGES[verb]
  return change ? change(context, names) : failed(`Unknown command verb ${verb}.`)
}

/** `systemd-run --unit=NAME --property=... COMMAND...`: a transient unit that outlives the connection. */
const systemdRun: Command = (context) => {
  const { lab, vm, guest, user } = context
  if (user !== 'root')
    return failed('Failed to start transient service unit: Interactive authentication required.')
  const options = new Map<string, string>()
  const properties = new Map<string, string>()
  let at = 0
  for (; at < context.args.length && context.args[at]?.startsWith('-'); at += 1) {
    let arg = context.args[at] as string
    if (arg === '--') {
      at += 1
      break
    }
    if (
      /^(--unit|--property|-p|-u|--description|--uid|--working-directory|--setenv|-E|--slice)$/.test(
        arg,
      )
    ) {
      at += 1
      arg = `${arg}=${context.args[at]}`
    }
    const [key = '', ...value] = arg.replace(/^--?/, '').split('=')
    if (key === 'property' || key === 'p') properties.set(value[0] ?? '', value.slice(1).join('='))
    else options.set(key === 'u' ? 'unit' : key, value.join('='))
  }
  const command = context.args.slice(at)
  const name = unitName(options.get('unit') ?? `run-u${lab.state.serial}`)
  const existing = guest.units[name]
  if (existing)
    return failed(
      `Failed to start transient service unit: Unit ${name}.service was already loaded or has a fragment file.`,
    )
  const output = /^(?:append|file|truncate):(.+)$/.exec(properties.get('StandardOutput') ?? '')?.[1]
  const id = startProcess(lab, vm, {
    list: oneCommand(command),
    user: options.get('uid') ?? 'root',
    sink: output ? { kind: 'file', path: output } : { kind: 'kept', out: '', err: '' },
    unit: name,
  })
  const unit = addUnit(lab, vm, name, 'active', id)
  unit.transient = true
  unit.collect = options.has('collect') || options.has('G')
  unit.remain =
    options.has('remain-after-exit') ||
    options.has('r') ||
    properties.get('RemainAfterExit') === 'yes'
  const told = `Running as unit: ${name}.service\n`
  if (!options.has('wait')) return done('', 0, told)
  return {
    steps: [
      { do: 'write', afterMs: 0, stream: 'err', text: told },
      {
        do: 'wait',
        condition: 'systemd.process-over',
        args: { id },
        everyMs: 100,
        limitMs: 86_400_000,
      },
    ],
    code: 0,
  }
}

/** `-n COUNT`, `--after-cursor C` and `--show-cursor` over a unit whose lines the lab keeps; a cursor is their number. */
function keptJournal({ args }: CommandContext, lines: readonly string[]): Script {
  const optionOf = (name: string) => {
    const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
    return at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1])
  }
  const after = lines.slice(Number(optionOf('--after-cursor') ?? 0))
  const count = Number(optionOf('-n') ?? after.length)
  const shown = count === 0 ? [] : after.slice(-count)
  const cursor = args.includes('--show-cursor') ? [`-- cursor: ${lines.length}`] : []
  const body = shown.length > 0 || count === 0 ? shown : ['-- No entries --']
  return done([...body, ...cursor].map((line) => `${line}\n`).join(''))
}

const journalctl: Command = (context) => {
  const names = context.args.flatMap((arg, index) =>
    arg === '-u'
      ? [context.args[index + 1] ?? '']
      : arg.startsWith('--unit=')
        ? [arg.slice(7)]
        : [],
  )
  const kept = names.flatMap((name) => {
    const path = journalPath(unitName(name))
    return readText(context.lab, context.vm, path) === null
      ? []
      : journalOf(context.lab, context.vm, unitName(name))
  })
  if (kept.length > 0) return keptJournal(context, kept)
  const lines = names.map((name) => {
    const unit = context.guest.units[unitName(name)]
    return `${context.os.hostname} systemd[1]: ${unit ? `${unitName(name)}.service: ${unit.active} (${unit.result})` : `-- No entries --`}\n`
  })
  return done(lines.join('') || context.guest.console.map((line) => `${line}\n`).join(''))
}

export const systemdCommands: CommandFamily = {
  commands: {
    systemctl,
    'systemd-run': systemdRun,
    journalctl,
    'systemd-detect-virt': () => done('kvm\n'),
  },
  effects: {
    'systemd.down'(lab, vm, _process, args) {
      beginShutdown(lab, vm, args.to === 'reboot' ? 'reboot' : 'off')
      return undefined
    },
  },
  conditions: {
    'systemd.process-over'(_lab, vm, _process, args) {
      return vm.guest?.processes.some((process) => process.id === args.id) ? null : { code: 0 }
    },
  },
}
