/** A small document with one of everything that has rows. Numbers that are allocated once are open. */
export const SMALL = `drawbridge: 1
name: Small lab
hosts:
  pve1:
    role: proxmox
    connection: lab
    cpuThreads: 16
    memoryMib: 65536
    storages:
      local-lvm: { kind: lvmthin, sizeGib: 900 }
      local: { kind: dir, sizeGib: 90, content: [iso, import] }
networks:
  lan: { cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1 }
pools:
  machines: { network: lan, from: 10.9.0.50, to: 10.9.0.60, purpose: vms }
sizes:
  small: { cpus: 2, memoryMib: 2048, diskGib: 20 }
templates:
  jammy:
    os: ubuntu
    release: "22.04"
    host: pve1
    image: { url: https://images.example/jammy.img }
vms:
  # keep me
  web:
    role: plain
    host: pve1
    template: jammy
    size: small
    nics:
      lan: { network: lan, pool: machines }
    disks:
      root: { kind: system, storage: local-lvm }
      data: { kind: data, sizeGib: 50, storage: local-lvm, use: plain, mount: /data }
clusters:
  main:
    kubernetes: "1.29"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    controlPlanes: [web]
    workers: []
    addOns:
      metallb: { pool: machines }
`

/** The same with a second VM called `name` at the end of its VMs. */
export const withVm = (text: string, name: string): string =>
  text.replace(
    'clusters:\n',
    `  ${name}:
    role: plain
    host: pve1
    size: small
    nics:
      lan: { network: lan, pool: machines }
clusters:
`,
  )
