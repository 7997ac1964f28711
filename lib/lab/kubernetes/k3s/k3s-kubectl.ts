import type { Command } from '../../guest/command'
import { readText } from '../../guest/filesystem'
import { done, failed } from '../../guest/shell/script'
import { serve } from '../api'
import { apiServerOn, worldOf } from '../lab-kubernetes'

const CONF = '/etc/rancher/k3s/k3s.yaml'

/** `k3s kubectl`, which finds its kubeconfig by itself: `get --raw PATH`. */
export const k3sKubectl: Command = ({ lab, vm, user, args }) => {
  const words = args.slice(args[0] === 'kubectl' ? 1 : 0)
  if (readText(lab, vm, CONF) === null)
    return failed(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    )
  if (user !== 'root')
    return failed(`error: error loading config file "${CONF}": open ${CONF}: permission denied`)
  const kube = apiServerOn(lab, vm)
  if (!kube)
    return failed(
      'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
    )
  const at = words.indexOf('--raw')
  const path = words[at + 1]
  if (!words.includes('get') || at < 0 || path === undefined)
    return failed(`error: unknown command "${words.join(' ')}" for the simulated kubectl`)
  const request = { method: 'GET', path, query: {}, contentType: '', body: undefined }
  const answer = serve(kube, request, worldOf(lab, kube))
  if ('watch' in answer) return failed('error: watching is not simulated here')
  if (answer.status >= 400)
    return failed(
      `Error from server: ${(answer.body as { message?: string }).message ?? answer.status}`,
    )
  return done(answer.text ?? `${JSON.stringify(answer.body)}\n`)
}
