import type { Command, CommandFamily } from '../guest/command'
import { done, failed } from '../guest/shell/script'
import { versionOf } from './kubeadm/config-file'
import { canFound, found, init, pullImages } from './kubeadm/init'
import { join, joinEffect } from './kubeadm/join'
import { reset, resetEffect } from './kubeadm/reset'
import { createToken, uploadCertificates } from './kubeadm/token'

/** kubeadm, as far as the panel uses it. */
const kubeadm: Command = (context) => {
  const { os, args } = context
  if (!('kubeadm' in os.packages)) return failed('bash: line 1: kubeadm: command not found', 127)
  if (context.user !== 'root' && args[0] !== 'version')
    return failed(
      '[preflight] Some fatal errors occurred:\n\t[ERROR IsPrivilegedUser]: user is not running as root',
    )
  switch (args[0]) {
    case 'version':
      return done(`v${versionOf(context)}\n`)
    case 'config':
      return pullImages(context)
    case 'init':
      return args[1] === 'phase' ? uploadCertificates(context) : init(context)
    case 'join':
      return join(context)
    case 'reset':
      return reset(context)
    case 'token':
      return createToken(context)
    default:
      return failed(`invalid command "${args[0]}"`)
  }
}

/** kubeadm with everything that it does over time. */
export const kubeadmCommands: CommandFamily = {
  commands: { kubeadm },
  effects: { 'kube-found': found, 'kube-join': joinEffect, 'kube-reset': resetEffect },
  conditions: { 'kube-can-found': canFound },
}
