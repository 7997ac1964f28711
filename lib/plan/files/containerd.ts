export const CONTAINERD_PATH = '/etc/containerd/config.toml'

/**
 * containerd's configuration for a kubelet, in the version that the installed containerd reads:
 * 1.6 and 1.7 read version 2, 2.0 to 2.2 version 3, from 2.3 on version 4 (containerd docs/cri).
 *
 * `bin_dir` is written because Debian's package looks for CNI plugins in /usr/lib/cni, where Calico
 * does not put them. `version` is containerd's own, such as `1.7.24`.
 */
export function containerdConfig(version: string, sandboxImage: string): string {
  const [major = 1, minor = 7] = version.replace(/^v/, '').split('.').map(Number)
  return major < 2
    ? versionTwo(sandboxImage)
    : versionThree(major > 2 || minor >= 3 ? 4 : 3, sandboxImage)
}

const HEAD = '# Written by Drawbridge. Changes here are overwritten by the next deploy.\n'

const versionTwo = (sandboxImage: string) => `${HEAD}version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = true

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
`

const versionThree = (version: 3 | 4, sandboxImage: string) => `${HEAD}version = ${version}

[plugins.'io.containerd.cri.v1.images']
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "${sandboxImage}"

  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "/etc/containerd/certs.d"

[plugins.'io.containerd.cri.v1.runtime']
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"

  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"

    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        SystemdCgroup = true
`

/** The pause image that a kubeadm minor expects (kubeadm's constant, kubespray's map). */
export function sandboxImage(kubernetes: string): string {
  const minor = Number(kubernetes.split('.')[1] ?? 0)
  const tag = minor <= 30 ? '3.9' : minor <= 33 ? '3.10' : minor <= 35 ? '3.10.1' : '3.10.2'
  return `registry.k8s.io/pause:${tag}`
}
