import { createHash, X509Certificate } from 'node:crypto'
import { KUBEADM_PATH } from '@/lib/plan/files/kubeadm'
import type { GuestRef } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { longRun, takeUpRun } from '../guest/long-run'
import type { StepContext } from '../handler'
import { K8sError } from './k8s-error'

export const ADMIN_CONF = '/etc/kubernetes/admin.conf'
const CA_PATH = '/etc/kubernetes/pki/ca.crt'
/** kubeadm's own limits add up to about 9 minutes; slow lines need longer for images. */
const KUBEADM_TIMEOUT_MS = 1_200_000

/** Whether an earlier attempt of kubeadm left something behind. */
export async function isTouched(session: GuestSession): Promise<boolean> {
  const paths = [
    '/etc/kubernetes/kubelet.conf',
    '/etc/kubernetes/pki/ca.crt',
    '/var/lib/etcd/member',
  ]
  for (const path of paths) {
    if ((await session.run(sh`test -e ${path}`, { sudo: true })).code === 0) return true
  }
  return false
}

/** Takes an attempt that did not become a member back to a machine that kubeadm accepts. */
export async function resetAttempt(session: GuestSession, ctx: StepContext, guest: GuestRef) {
  ctx.log(`Clearing what an earlier attempt left on ${guest.name}.`)
  await session.must(sh`kubeadm reset --force`, {
    sudo: true,
    timeoutMs: 300_000,
    signal: ctx.signal,
    onLine: (line) => ctx.log(line, 'debug'),
  })
}

/**
 * Writes the configuration (mode 0600: it holds a token), runs `kubeadm <verb>` so that a crash of
 * the panel does not end it, and removes the configuration whatever happened.
 */
export async function runKubeadm(
  session: GuestSession,
  ctx: StepContext,
  verb: 'init' | 'join',
  config: string,
): Promise<{ code: number; said: string }> {
  await session.writeFile(KUBEADM_PATH, config, { mode: '0600' })
  try {
    const command =
      verb === 'init'
        ? sh`kubeadm init --config ${KUBEADM_PATH} --upload-certs`
        : sh`kubeadm join --config ${KUBEADM_PATH}`
    const { code, out, err } = await longRun(
      session,
      ctx,
      `kubeadm-${verb}`,
      command,
      KUBEADM_TIMEOUT_MS,
    )
    return { code, said: `${out}\n${err}` }
  } finally {
    if (!ctx.signal.aborted) await session.run(sh`rm -f ${KUBEADM_PATH}`, { sudo: true })
  }
}

/** After a worker died over `kubeadm <verb>` and it succeeded alone: its output, and its configuration with the token. */
export async function takeUpKubeadm(
  session: GuestSession,
  ctx: StepContext,
  verb: 'init' | 'join',
): Promise<void> {
  if (ctx.notes.get(`unit:kubeadm-${verb}`) === undefined) return
  await takeUpRun(session, ctx, `kubeadm-${verb}`)
  await session.run(sh`rm -f ${KUBEADM_PATH}`, { sudo: true })
}

/** A fresh bootstrap token (1 h) and the pin of the cluster's CA, from a running control plane. */
export async function joinSecrets(
  control: GuestSession,
): Promise<{ token: string; caHash: string }> {
  const said = await control.must(sh`kubeadm token create --ttl 1h`, {
    sudo: true,
    timeoutMs: 120_000,
  })
  const token = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.exec(said)?.[0]
  if (!token) throw new K8sError('k8s.unexpected-answer', 'kubeadm made no join token.')
  return { token, caHash: caHash(await control.must(sh`cat ${CA_PATH}`, { sudo: true })) }
}

/** `sha256:<hex>` over the CA's public key (SPKI, DER), as kubeadm's discovery wants it. */
export function caHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** Uploads the control plane's certificates again (they live 2 h) and gives the key that opens them. */
export async function uploadCertificates(control: GuestSession): Promise<string> {
  const said = await control.must(sh`kubeadm init phase upload-certs --upload-certs`, {
    sudo: true,
    timeoutMs: 120_000,
  })
  const key = said.trim().split('\n').at(-1)?.trim() ?? ''
  if (/^[0-9a-f]{64}$/.test(key)) return key
  throw new K8sError('k8s.unexpected-answer', 'kubeadm gave no certificate key.')
}
