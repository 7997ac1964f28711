import { K3S } from './k3s'

/** A server's unit or an agent's, by the names that k3s' own installer gives them. */
export type K3sService = 'k3s' | 'k3s-agent'

export const unitPath = (service: K3sService) => `/etc/systemd/system/${service}.service`

/**
 * The unit as k3s' installer writes it (install.sh of k3s-io/k3s, v1.36): a server tells systemd when
 * it is up, containers outlive a restart of k3s, and it is started again whatever ended it.
 */
export const unitFile = (service: K3sService): string => `# Written by Drawbridge.
[Unit]
Description=Lightweight Kubernetes
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target

[Install]
WantedBy=multi-user.target

[Service]
Type=${service === 'k3s' ? 'notify' : 'exec'}
EnvironmentFile=-/etc/default/%N
KillMode=process
Delegate=yes
User=root
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=${K3S.binary} ${service === 'k3s' ? 'server' : 'agent'}
`
