import type { CommandContext } from '../../guest/command'
import { readText } from '../../guest/filesystem'
import { type KubeadmConfig, parseKubeadm } from '../kubeadm-config'

/** Value of `--name value` or `--name=value`. */
export const flagOf = (args: readonly string[], name: string): string | undefined => {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (at < 0) return undefined
  return args[at]?.includes('=') ? args[at]?.slice(name.length + 1) : args[at + 1]
}

/** Version of the installed kubeadm, without a revision. */
export const versionOf = ({ os }: CommandContext) =>
  (os.packages.kubeadm ?? '').split('-')[0]?.replace(/\*$/, '') ?? ''

/** What `--config` names, or kubeadm's complaint about it. */
export function readConfig({ lab, vm, args }: CommandContext): KubeadmConfig | string {
  const path = flagOf(args, '--config')
  if (!path) return 'the simulation needs --config'
  const text = readText(lab, vm, path)
  if (text === null)
    return `unable to read config from "${path}" : open ${path}: no such file or directory`
  return parseKubeadm(text) ?? `no kind and apiVersion that this kubeadm knows in "${path}"`
}
