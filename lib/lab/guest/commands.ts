import { k3sCommands } from '../kubernetes/k3s/k3s-commands'
import { kubeadmCommands } from '../kubernetes/kubeadm-commands'
import { kubectlCommands } from '../kubernetes/kubectl-commands'
import type { Command, CommandFamily, GuestCondition, GuestEffect } from './command'
import { cloudInitCommands } from './commands/cloud-init'
import { diskCommands } from './commands/disks'
import { fileCommands } from './commands/files'
import { networkCommands } from './commands/network'
import { nodeServiceCommands } from './commands/node-services'
import { packageCommands } from './commands/packages'
import { systemCommands } from './commands/system'
import { systemdCommands } from './commands/systemd'
import { textCommands } from './commands/text'

/** Everything that guests can run. A new family is one file and one line here. */
const FAMILIES: readonly CommandFamily[] = [
  textCommands,
  fileCommands,
  systemCommands,
  systemdCommands,
  cloudInitCommands,
  networkCommands,
  diskCommands,
  packageCommands,
  nodeServiceCommands,
  kubeadmCommands,
  kubectlCommands,
  k3sCommands,
]

/** Null-prototype tables: a command called `constructor` does not exist. */
function merge<T>(parts: (Record<string, T> | undefined)[]): Record<string, T> {
  return Object.assign(Object.create(null), ...parts)
}

export const COMMANDS: Record<string, Command> = merge(FAMILIES.map((family) => family.commands))
export const EFFECTS: Record<string, GuestEffect> = merge(FAMILIES.map((family) => family.effects))
export const CONDITIONS: Record<string, GuestCondition> = merge(
  FAMILIES.map((family) => family.conditions),
)
