/** Where HAProxy reads its configuration on Debian and Ubuntu. */
export const HAPROXY_PATH = '/etc/haproxy/haproxy.cfg'

export type HaproxyBackend = { name: string; address: string }

/**
 * The load balancer in front of the API servers. A TCP connection to it succeeds even with every
 * backend down, so the check is an HTTPS GET of /readyz (measured with HAProxy 2.6.12: a refused
 * server is DOWN on its first check, UP about 4 s after it answers with these intervals). With
 * `anonymous` false the API answers nobody without a certificate, so that 401 is an answer as good
 * as 200: k3s says 503 until its API server is there (k3s `--anonymous-auth=false`).
 */
export function haproxyConfig(
  port: number,
  backends: readonly HaproxyBackend[],
  anonymous?: false,
): string {
  return `# Written by Drawbridge. Changes here are overwritten by the next deploy.
global
    log /dev/log local0
    maxconn 4000
    user haproxy
    group haproxy
    daemon

defaults
    log global
    mode tcp
    option tcplog
    option dontlognull
    timeout connect 5s
    # Above 30 s: HTTP/2 watches of kubelets stay quiet that long between pings.
    timeout client 10m
    timeout server 10m

frontend kubernetes-api
    bind *:${port}
    default_backend control-planes

backend control-planes
    balance leastconn
    option httpchk
    http-check send meth GET uri /readyz
    http-check expect ${anonymous === false ? 'rstatus ^(200|401)$' : 'status 200'}
    default-server check check-ssl verify none inter 2s rise 1 fall 2
${backends.map(({ name, address }) => `    server ${name} ${address}:6443`).join('\n')}
`
}
