import type { Command, CommandContext, CommandFamily } from '../guest/command'
import { readText } from '../guest/filesystem'
import { done, failed } from '../guest/shell/script'
import type { Kube } from './kube'
import { apiServerOn, wakeKubernetes } from './lab-kubernetes'

/** Words without `--flag value` pairs; what follows `--` stays together. */
function split(args: readonly string[]): { words: string[]; inner: string[] } {
  const cut = args.indexOf('--')
  const outer = cut < 0 ? args : args.slice(0, cut)
  const words: string[] = []
  for (let at = 0; at < outer.length; at += 1) {
    const arg = outer[at] as string
    if (!arg.startsWith('-')) words.push(arg)
    else if (!arg.includes('=') && arg !== '--raw') at += 1
    else if (arg === '--raw') words.push('--raw')
  }
  return { words, inner: cut < 0 ? [] : args.slice(cut + 1) }
}

const REFUSED = 'The connection to the server was refused - did you specify the right host or port?'

/** kubectl as the panel uses it on a control plane: the readiness of the API, and etcdctl in etcd's pod. */
const kubectl: Command = (context) => {
  const { lab, vm, os } = context
  if (!('kubectl' in os.packages)) return failed('bash: line 1: kubectl: command not found', 127)
  const at = context.args.indexOf('--kubeconfig')
  const config = at < 0 ? null : readText(lab, vm, context.args[at + 1] ?? '')
  if (config === null) return failed('error: stat kubeconfig: no such file or directory')
  const kube = apiServerOn(lab, vm)
  if (!kube) return failed(REFUSED)
  const { words, inner } = split(context.args)
  if (words[0] === 'get' && words[1] === '--raw')
    return words[2] === '/readyz' ? done('ok') : failed('not found')
  if (words[0] === 'exec') return etcdctl(context, kube, inner)
  return failed(`error: unknown command "${words[0]}" for the simulated kubectl`)
}

function etcdctl({ lab }: CommandContext, kube: Kube, args: readonly string[]) {
  const at = args.indexOf('member')
  if (args[0] !== 'etcdctl' || at < 0)
    return failed('OCI runtime exec failed: exec failed: unknown command')
  if (args[at + 1] === 'list') {
    const members = Object.entries(kube.members).map(([name, { id, peer, learner }]) => ({
      ID: id,
      name,
      peerURLs: [peer],
      clientURLs: [peer.replace('2380', '2379')],
      isLearner: learner,
    }))
    return done(`${JSON.stringify({ header: {}, members })}\n`)
  }
  const id = args[at + 2]
  const found = Object.entries(kube.members).find(([, member]) => member.id === id)
  if (!found) return failed('Error: etcdserver: member not found')
  delete kube.members[found[0]]
  wakeKubernetes(lab)
  return done(`Member ${id} removed from cluster\n`)
}

export const kubectlCommands: CommandFamily = { commands: { kubectl } }
