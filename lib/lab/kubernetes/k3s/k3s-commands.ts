import type { Command, CommandFamily } from '../../guest/command'
import { done, failed } from '../../guest/shell/script'
import { BOOT_HOOKS, UNIT_HOOKS } from '../../guest/units'
import { etcdSnapshot } from './etcd-snapshot'
import { k3sKubectl } from './k3s-kubectl'
import { installedRelease } from './program'
import { mayStart, runK3s, stopped, up } from './run-k3s'
import { startEnabled, startUnit, UNITS } from './unit'

const VERBS: Record<string, Command> = {
  server: runK3s('server'),
  agent: runK3s('agent'),
  kubectl: k3sKubectl,
  'etcd-snapshot': etcdSnapshot,
  'check-config': () => done('\nSTATUS: pass\n'),
}

/** k3s: one program that is whatever its first word says. */
const k3s: Command = (context) => {
  const { lab, vm, args } = context
  const release = installedRelease(lab, vm)
  if (release === null) return failed('bash: line 1: k3s: command not found', 127)
  const [verb = ''] = args
  if (verb === '--version' || verb === '-v')
    return done(`k3s version ${release} (5a1c3d97)\ngo version go1.26.2\n`)
  return VERBS[verb]?.(context) ?? failed(`No help topic for '${verb}'`, 3)
}

for (const unit of UNITS) UNIT_HOOKS[unit] = (lab, vm) => startUnit(lab, vm, unit)
BOOT_HOOKS.push(startEnabled)

/** k3s with everything that it does over time. */
export const k3sCommands: CommandFamily = {
  commands: { k3s },
  effects: { 'k3s.up': up },
  conditions: { 'k3s.may-start': mayStart, 'k3s.stopped': stopped },
}
