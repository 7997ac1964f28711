import { parseParamSpecs } from '../api/params'

/** The options of a VM's configuration (names, ranges and enums: PVE's schema of POST qemu). */
export const VM_OPTIONS = `
acpi?:bool affinity?:str agent?:str allow-ksm?:bool amd-sev?:str arch?:enum(x86_64,aarch64) args?:str
audio0?:str autostart?:bool balloon?:int(0,) bios?:enum(seabios,ovmf) boot?:str bootdisk?:str
cdrom?:drive cicustom?:str cipassword?:str citype?:enum(configdrive2,nocloud,opennebula)
ciupgrade?:bool ciuser?:str cores?:int(1,) cpu?:cpu cpulimit?:num cpuunits?:int(1,262144)
description?:text(8192) efidisk0?:drive freeze?:bool hookscript?:str hostpci[15]?:str hotplug?:str
hugepages?:enum(any,2,1024) ide[3]?:drive intel-tdx?:str ipconfig[31]?:ipconfig ivshmem?:str
keephugepages?:bool keyboard?:str kvm?:bool localtime?:bool
lock?:enum(backup,clone,create,migrate,rollback,snapshot,snapshot-delete,suspending,suspended)
machine?:str memory?:memory migrate_downtime?:num migrate_speed?:int(0,) name?:dns-name
nameserver?:str net[31]?:net numa?:bool numa[7]?:str onboot?:bool
ostype?:enum(other,wxp,w2k,w2k3,w2k8,wvista,win7,win8,win10,win11,l24,l26,solaris)
parallel[2]?:str protection?:bool reboot?:bool rng0?:str sata[5]?:drive scsi[30]?:drive
scsihw?:enum(lsi,lsi53c810,virtio-scsi-pci,virtio-scsi-single,megasas,pvscsi) searchdomain?:str
serial[3]?:serial shares?:int(0,50000) smbios1?:text(512) smp?:int(1,) sockets?:int(1,)
spice_enhancements?:str sshkeys?:urlencoded startdate?:str startup?:str tablet?:bool tags?:tags
tdf?:bool template?:bool tpmstate0?:drive unused[255]?:str usb[13]?:str vcpus?:int(1,) vga?:str
virtio[15]?:drive virtiofs[9]?:str vmgenid?:str vmstatestorage?:storage watchdog?:str
`

export const VM_OPTION_SPECS = parseParamSpecs(VM_OPTIONS)

const NUMERIC = new Set(
  VM_OPTION_SPECS.filter((spec) => ['int', 'bool', 'num'].includes(spec.type)).map(
    (spec) => spec.name,
  ),
)

/** Whether GET config answers it as a number. `memory` and `agent` are strings (recorded, 8.4). */
export const isNumericOption = (key: string): boolean => NUMERIC.has(key)

/** Whether there is an option of that name, numbered ones included. */
export const isOption = (key: string): boolean =>
  VM_OPTION_SPECS.some((spec) =>
    spec.indexMax === null
      ? spec.name === key
      : new RegExp(`^${spec.name}\\d+$`).test(key) &&
        Number(key.slice(spec.name.length)) <= spec.indexMax,
  )

/** Taken over by a running machine at once (PVE::QemuServer, $fast_plug_option and hotplug). */
const AT_ONCE =
  /^(name|description|tags|onboot|protection|startup|hookscript|lock|template|autostart|migrate_\w+|vmstatestorage|ostype|balloon|shares|cpuunits|cpulimit|net\d+|scsi\d+|virtio\d+|sata\d+|usb\d+|ipconfig\d+|ciuser|cipassword|citype|ciupgrade|cicustom|sshkeys|nameserver|searchdomain|freeze|startdate)$/

/** Whether a change of the key waits for the next start of a running machine. */
export const waitsForRestart = (key: string): boolean => !AT_ONCE.test(key)

/** Privilege on `/vms/{vmid}` that a change of the key needs (PVE::API2::Qemu). */
export function privilegeFor(key: string, value: string): string {
  if (/^(cores|sockets|cpu|numa\d*|vcpus|cpulimit|cpuunits|affinity|smp)$/.test(key))
    return 'VM.Config.CPU'
  if (/^(memory|balloon|shares|hugepages|keephugepages|allow-ksm)$/.test(key))
    return 'VM.Config.Memory'
  if (/^net\d+$/.test(key)) return 'VM.Config.Network'
  if (/^(ci\w+|sshkeys|ipconfig\d+|nameserver|searchdomain)$/.test(key))
    return 'VM.Config.Cloudinit'
  if (/^(ide|sata|scsi|virtio)\d+$|^(efidisk0|tpmstate0|unused\d+|cdrom)$/.test(key))
    return /cloudinit/.test(value)
      ? 'VM.Config.Cloudinit'
      : /media=cdrom/.test(value) || /^(none|cdrom)/.test(value)
        ? 'VM.Config.CDROM'
        : 'VM.Config.Disk'
  if (
    /^(scsihw|bios|machine|vga|agent|serial\d+|usb\d+|hostpci\d+|watchdog|rng0|audio0|acpi|arch|kvm|tablet|args|parallel\d+|hotplug|vmgenid|smbios1|ivshmem|keyboard|virtiofs\d+)$/.test(
      key,
    )
  )
    return 'VM.Config.HWType'
  return 'VM.Config.Options'
}
