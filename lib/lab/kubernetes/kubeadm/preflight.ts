import type { CommandContext } from '../../guest/command'
import { findNode } from '../../guest/filesystem'
import { done, type Script, type ScriptStep, write } from '../../guest/shell/script'
import { cpuCount } from '../../vm/config'
import type { KubeadmConfig } from '../kubeadm-config'
import { versionOf } from './config-file'

const ETC = '/etc/kubernetes'

/** kubeadm's preflight: each fault by the name that --ignore-preflight-errors takes. */
export function preflight(context: CommandContext, config: KubeadmConfig): string[] {
  const { lab, vm, guest, os } = context
  const errors: string[] = []
  const minor = Number(versionOf(context).split('.')[1] ?? 0)
  if (config.apiVersion.endsWith('v1beta4') && minor < 31)
    errors.push('[ERROR KubernetesVersion]: this version of kubeadm only supports v1beta3')
  if (guest.units.containerd?.active !== 'active')
    errors.push(
      '[ERROR CRI]: container runtime is not running: output: rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
    )
  if (os.swap)
    errors.push('[ERROR Swap]: running with swap on is not supported. Please disable swap')
  if (os.sysctl['net.ipv4.ip_forward'] !== '1')
    errors.push(
      '[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1',
    )
  if (config.controlPlane && cpuCount(vm.active ?? vm.config) < 2)
    errors.push('[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2')
  if (findNode(lab, vm, `${ETC}/kubelet.conf`))
    errors.push(
      '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
    )
  if (findNode(lab, vm, `${ETC}/pki/ca.crt`))
    errors.push(
      '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists',
    )
  return errors
}

/** How kubeadm tells them. */
export const refuse = (errors: readonly string[]): Script =>
  done(
    '[preflight] Running pre-flight checks\n',
    1,
    `error execution phase preflight: [preflight] Some fatal errors occurred:\n${errors.map((error) => `\t${error}`).join('\n')}\n`,
  )

/** Lines that come one after the other, each as long after the one before. */
export const phases = (lines: readonly string[], eachMs: number): ScriptStep[] =>
  lines.map((line) => write(line, eachMs))
