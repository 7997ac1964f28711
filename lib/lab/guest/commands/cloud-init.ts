import type { Command, CommandContext, CommandFamily } from '../command'
import { rootDisk } from '../filesystem'
import { done, failed } from '../shell/script'

/** How `cloud-init status` reports, by what the run came to (cloud-init 24: 0 done, 1 error, 2 degraded). */
function statusOf({ os, args }: Pick<CommandContext, 'os' | 'args'>): {
  out: string
  code: number
} {
  const { status, errors, recoverable } = os.cloudInit
  const degraded = status === 'done' && recoverable.length > 0
  const code = status === 'error' ? 1 : degraded ? 2 : 0
  if (args.includes('json') || args.includes('--format=json'))
    return {
      code,
      out: `${JSON.stringify(
        {
          boot_status_code: 'enabled-by-generator',
          datasource: os.instanceId ? 'nocloud' : '',
          detail: os.instanceId ? 'DataSourceNoCloud [seed=/dev/sr0]' : '',
          errors,
          extended_status: degraded ? 'degraded done' : status,
          recoverable_errors: recoverable.length > 0 ? { WARNING: recoverable } : {},
          status,
        },
        null,
        2,
      )}\n`,
    }
  const long = args.includes('--long')
  const detail = errors.length > 0 ? errors.map((error) => `  - ${error}`).join('\n') : '  []'
  return {
    code,
    out: `status: ${status}\n${long ? `extended_status: ${degraded ? 'degraded done' : status}\nboot_status_code: enabled-by-generator\ndetail: DataSourceNoCloud [seed=/dev/sr0]\nerrors:\n${detail}\n` : ''}`,
  }
}

const cloudInit: Command = (context) => {
  const { args, os, user } = context
  switch (args[0]) {
    case 'status':
      if (!args.includes('--wait') && !args.includes('-w')) {
        const now = statusOf(context)
        return done(now.out, now.code)
      }
      return {
        steps: [
          {
            do: 'wait',
            condition: 'cloud-init.finished',
            args: { args },
            everyMs: 250,
            limitMs: 3_600_000,
          },
        ],
        code: 0,
      }
    case 'clean':
      if (user !== 'root') return failed('cloud-init: must be run as root')
      os.instanceId = null
      os.users = []
      os.network = []
      os.cloudInit = { status: 'not run', errors: [], recoverable: [] }
      return done()
    case '--version':
      return done('/usr/bin/cloud-init 25.2-0ubuntu1~22.04.1\n')
    default:
      return failed(`usage: cloud-init [-h] [--version] {status,clean} ...`, 2)
  }
}

export const cloudInitCommands: CommandFamily = {
  commands: { 'cloud-init': cloudInit },
  conditions: {
    'cloud-init.finished'(lab, vm, _process, args) {
      const os = rootDisk(lab, vm).os
      if (!os || os.cloudInit.status === 'running') return null
      const { out, code } = statusOf({ os, args: (args.args as string[]) ?? [] })
      return { out: `\n${out}`, code }
    },
  },
}
