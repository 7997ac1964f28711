import type { Command } from '../../guest/command'
import { failed, write } from '../../guest/shell/script'
import { randomHex } from '../../random'
import { apiServerOn } from '../lab-kubernetes'
import { CERTIFICATES_MS } from './init'

const TOKEN_MS = 3_600_000

/** `kubeadm token create`. */
export const createToken: Command = ({ lab, vm, args }) => {
  const kube = apiServerOn(lab, vm)
  if (args[1] !== 'create') return failed(`invalid subcommand "token ${args[1]}"`)
  if (!kube) return failed('timed out waiting for the condition')
  const hex = randomHex(lab.state, 22)
  const token = `${hex.slice(0, 6)}.${hex.slice(6)}`
  kube.tokens.push({ token, until: lab.now.at + TOKEN_MS })
  return { steps: [write(token, 800)], code: 0 }
}

/** `kubeadm init phase upload-certs`. */
export const uploadCertificates: Command = ({ lab, vm }) => {
  const kube = apiServerOn(lab, vm)
  if (!kube)
    return failed('error execution phase upload-certs: timed out waiting for the condition')
  const key = randomHex(lab.state, 64)
  kube.certificateKey = { key, until: lab.now.at + CERTIFICATES_MS }
  return {
    steps: [
      write(
        '[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace',
        900,
      ),
      write('[upload-certs] Using certificate key:'),
      write(key),
    ],
    code: 0,
  }
}
