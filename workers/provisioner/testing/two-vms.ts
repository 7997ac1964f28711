/** For tests: a template, a VM with a data disk and one without, on the lab's host. */
export const TWO_VMS = `drawbridge: 1
name: Two VMs
hosts:
  pve1:
    role: proxmox
    connection: lab
    cpuThreads: 32
    memoryMib: 131072
    storages:
      local: { kind: dir, sizeGib: 100, content: [iso, import, backup] }
      local-lvm: { kind: lvmthin, sizeGib: 1800, content: [images] }
networks:
  lan: { cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1 }
pools:
  machines: { network: lan, from: 10.9.0.50, to: 10.9.0.60, purpose: vms }
  leases: { network: lan, from: 10.9.0.200, to: 10.9.0.250, purpose: dhcp }
sizes:
  small: { cpus: 2, memoryMib: 2048, diskGib: 20 }
templates:
  jammy:
    os: ubuntu
    release: "22.04"
    image: { url: "https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img" }
vms:
  web:
    role: plain
    host: pve1
    template: jammy
    size: small
    nics:
      lan: { network: lan, pool: machines }
    disks:
      root: { kind: system }
      data: { kind: data, sizeGib: 5, use: plain, mount: /data }
  app:
    role: plain
    host: pve1
    template: jammy
    size: small
    nics:
      lan: { network: lan, pool: machines }
    disks:
      root: { kind: system }
`
