import { expect, test } from 'vitest'
import { type K8sCode, kubeadmError } from './k8s-error'

test.each<[said: string, code: K8sCode, words: RegExp]>([
  [
    'error execution phase kubelet-start: timed out waiting for the condition',
    'k8s.join-failed',
    /kubelet did not come up/,
  ],
  [
    "error execution phase wait-control-plane: couldn't initialize a Kubernetes cluster",
    'k8s.init-failed',
    /four minutes/,
  ],
  ['\t[ERROR Swap]: running with swap on is not supported', 'k8s.preflight', /Swap is on/],
  ['\t[ERROR NumCPU]: the number of available CPUs 1 is less', 'k8s.preflight', /too small/],
  [
    'error execution phase control-plane-prepare/download-certs: error downloading certs: Secret "kubeadm-certs" was not found',
    'k8s.certificates-expired',
    /uploads them again/,
  ],
  [
    'error execution phase preflight: couldn\'t validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"',
    'k8s.join-failed',
    /makes a new one/,
  ],
  [
    'etcdserver: can only promote a learner member which is in sync with leader',
    'k8s.etcd-slow',
    /catch up/,
  ],
])('what kubeadm means by %j', (said, code, words) => {
  const error = kubeadmError('m1 did not join', `[preflight] Running\n${said}\n`, 'k8s.init-failed')
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/^m1 did not join\. /)
  expect(error.message).toMatch(words)
  expect(error.message).toContain(said.trim())
})

test('what is not known keeps its own code and quotes the last words', () => {
  const error = kubeadmError('m1 did not join', 'one\nfatal error: two', 'k8s.join-failed')
  expect(error).toMatchObject({ code: 'k8s.join-failed', message: expect.stringContaining('two') })
})
