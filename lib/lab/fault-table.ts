import type { Fault, FaultKind } from './faults'

/** What a form asks for. `choice` has its values in `choices`; a `list` is words with spaces between. */
export type FaultParam<N extends string = string> = {
  name: N
  label: string
  /** `text`, `number`, `choice`, `flag` (true or absent), `list`; the others name what is there. */
  is: 'text' | 'number' | 'choice' | 'flag' | 'list' | 'host' | 'storage' | 'vm' | 'address' | 'mac'
  choices?: readonly string[]
  /** What a form begins with. */
  initial?: string
  required?: true
  help?: string
  /** Of a number. */
  least?: number
  most?: number
}

export type FaultGroup = 'Proxmox' | 'Hosts' | 'Storage' | 'Machines' | 'Networks' | 'Kubernetes'

type NamesOf<K extends FaultKind> = Exclude<keyof Extract<Fault, { kind: K }>, 'id' | 'kind'> &
  string

/** One fault in words. */
export type FaultEntry<N extends string = string> = {
  title: string
  group: FaultGroup
  /** What is broken, as it would be on real hardware. */
  happens: string
  /** What one should see in the panel. */
  shows: string
  /** What has to be done, by clearing it and beside that. */
  ends: string
  params: readonly FaultParam<N>[]
}

const CALLS = [
  { name: 'method', label: 'Method', is: 'choice', choices: ['GET', 'POST', 'PUT', 'DELETE'] },
  {
    name: 'path',
    label: 'Path begins with',
    is: 'text',
    help: 'Such as /nodes/pve1/qemu; empty: every call.',
  },
  { name: 'times', label: 'Times', is: 'number', least: 1, help: 'Empty: until it is cleared.' },
] as const
const DONE = { name: 'done', label: 'What was asked is done all the same', is: 'flag' } as const
const TIMES = CALLS[2]
const HOST = { name: 'node', label: 'Host', is: 'host', required: true } as const
const VM = { name: 'vmid', label: 'VM', is: 'vm', required: true } as const
const ANY_VM = { name: 'vmid', label: 'VM', is: 'vm', help: 'Empty: every VM.' } as const
const STORAGE = { name: 'storage', label: 'Storage', is: 'storage', required: true } as const
const HOW = {
  name: 'how',
  label: 'It',
  is: 'choice',
  required: true,
  initial: 'timeout',
} as const
const AT_ONCE = 'It is over as soon as it is cleared.'

/**
 * Every failure that can be switched on in the lab, with its words and parameters. The control API,
 * the lab's page and docs/lab-faults.md are all made from it; a kind without a row is a type error.
 */
export const FAULTS: { readonly [K in FaultKind]: FaultEntry<NamesOf<K>> } = {
  'calls-fail': {
    title: 'Calls fail',
    group: 'Proxmox',
    happens: 'Proxmox answers calls with an error instead of doing them.',
    shows:
      'A step that needs the call is tried again where that may help, and fails with the words of Proxmox otherwise; nothing else is lost.',
    ends: AT_ONCE,
    params: [
      {
        name: 'status',
        label: 'Status',
        is: 'number',
        required: true,
        initial: '500',
        least: 400,
        most: 599,
      },
      { name: 'message', label: 'Message', is: 'text' },
      ...CALLS,
    ],
  },
  'calls-slow': {
    title: 'Calls are slow',
    group: 'Proxmox',
    happens: 'Every answer comes so many seconds late, as from a host that swaps.',
    shows:
      'Everything takes longer and nothing fails; past the patience of the driver it is "does not answer".',
    ends: AT_ONCE,
    params: [
      {
        name: 'seconds',
        label: 'Seconds',
        is: 'number',
        required: true,
        initial: '60',
        least: 0,
        help: 'In the time of the lab.',
      },
      ...CALLS,
    ],
  },
  'calls-hang': {
    title: 'Calls hang',
    group: 'Proxmox',
    happens: 'The host takes the connection and the call, and never answers.',
    shows:
      'The call is given up after 40 s. A look is made again; a change is looked for before it is sent again, so there is never a second VM.',
    ends: AT_ONCE,
    params: [DONE, ...CALLS],
  },
  'calls-reset': {
    title: 'Connections are reset',
    group: 'Proxmox',
    happens: 'The connection breaks in the middle of the answer.',
    shows: 'As for calls that hang, but at once.',
    ends: AT_ONCE,
    params: [DONE, ...CALLS],
  },
  'task-fails': {
    title: 'A task fails',
    group: 'Proxmox',
    happens: 'A task of this type begins and ends with an error.',
    shows: 'The step fails with the last lines of the task; Retry goes on from it.',
    ends: 'After so many times, or when it is cleared; then retry the job.',
    params: [
      {
        name: 'task',
        label: 'Type of the task',
        is: 'text',
        required: true,
        initial: 'qmclone',
        help: 'Such as qmclone, qmstart, imgcopy, download.',
      },
      ANY_VM,
      { name: 'message', label: 'Message', is: 'text' },
      { ...TIMES, initial: '1' },
    ],
  },
  'task-vanishes': {
    title: 'A task vanishes',
    group: 'Proxmox',
    happens: 'The task is gone from the index of the host when it ends: "no such task".',
    shows: 'The step looks at the world instead of the task, and decides by that.',
    ends: AT_ONCE,
    params: [
      { name: 'task', label: 'Type of the task', is: 'text', help: 'Empty: every task.' },
      ANY_VM,
      { ...DONE, label: 'It did its work before' },
      TIMES,
    ],
  },
  slow: {
    title: 'Tasks and commands are slow',
    group: 'Proxmox',
    happens: 'Tasks, or a command in the guests, take so many times longer.',
    shows: 'Minutes left grow; nothing fails before its limit.',
    ends: AT_ONCE,
    params: [
      { name: 'factor', label: 'Times longer', is: 'number', required: true, initial: '5' },
      {
        name: 'task',
        label: 'Type of task, or a command',
        is: 'text',
        help: 'Such as qmclone or kubeadm init; empty: all.',
      },
    ],
  },
  'config-locked': {
    title: 'A configuration stays locked',
    group: 'Proxmox',
    happens: 'Somebody holds the lock of the VM for good.',
    shows: 'What changes the VM waits, says what it waits for, and fails as locked at its limit.',
    ends: AT_ONCE,
    params: [VM],
  },
  'other-certificate': {
    title: 'Another certificate is shown',
    group: 'Proxmox',
    happens:
      'The host shows a certificate of another authority, as one that was installed anew, or a stranger.',
    shows:
      'Everything towards the host stops; Settings > Connections shows both fingerprints, and an admin accepts the new one or does not.',
    ends: 'When it is cleared; or accept the new one.',
    params: [],
  },
  'privileges-lost': {
    title: 'Privileges are missing',
    group: 'Proxmox',
    happens:
      'The token lacks these privileges, as after an upgrade to PVE 9, whose roles have other names for what the guest agent may.',
    shows:
      'The test of the connection names them with the command that grants them; steps that need one fail with "lacks a privilege".',
    ends: AT_ONCE,
    params: [
      {
        name: 'privileges',
        label: 'Privileges',
        is: 'list',
        required: true,
        initial: 'VM.GuestAgent.Audit VM.GuestAgent.Unrestricted',
      },
    ],
  },
  'locked-out': {
    title: 'Locked out by the firewall',
    group: 'Networks',
    happens:
      'The firewall of the datacenter is on and has no rule that lets the panel in: packets to the host are dropped.',
    shows:
      'The host does not answer; what was seen last is shown with its age. Somebody has to switch the firewall off at the machine itself.',
    ends: 'When it is cleared, as by somebody at the console: the firewall is off again.',
    params: [],
  },
  'host-down': {
    title: 'A host is down',
    group: 'Hosts',
    happens:
      'The host does not answer the others. In a cluster with quorum and HA it is fenced after two minutes: its guests are killed, those of HA whose disks are shared start elsewhere, the others stay down.',
    shows: 'One cause, "host down", and what it takes with it; what runs elsewhere goes on.',
    ends: 'When it is cleared; a host that was fenced boots, and starts what starts with it.',
    params: [HOST, { ...HOW, choices: ['refused', 'timeout', 'no-route'] }],
  },
  'daemon-down': {
    title: 'The API daemon is dead',
    group: 'Hosts',
    happens: 'pveproxy lives, pvedaemon does not: what needs root is not answered.',
    shows: 'Looks go on; changes fail with "cannot reach the node" and are tried again.',
    ends: AT_ONCE,
    params: [HOST, { ...HOW, choices: ['refused', 'timeout'] }],
  },
  'power-cut': {
    title: 'The power is cut',
    group: 'Hosts',
    happens:
      'The host, or the whole rack, has no power: every guest is off at once, what they wrote is on their disks.',
    shows:
      'The hosts do not answer. After the cold start the guests that start with the host come up in their order, the others stay off.',
    ends: 'Clearing it is the power coming back: a cold start.',
    params: [{ ...HOST, required: undefined, help: 'Empty: the whole rack.' }],
  },
  'no-quorum': {
    title: 'No quorum',
    group: 'Hosts',
    happens:
      'Half of the votes or more are missing: guests run on, nothing can be changed or started.',
    shows: 'Looks go on; every change fails with "no quorum" and is tried again.',
    ends: AT_ONCE,
    params: [],
  },
  'storage-full': {
    title: 'A storage is full',
    group: 'Storage',
    happens:
      'No byte is free. New disks and files are refused; guests that write there stop with an I/O error.',
    shows:
      'The step that needs room fails with the words of Proxmox; the storage is shown as full.',
    ends: 'Clearing it frees room. Guests that stopped stay so until they are resumed or restarted.',
    params: [STORAGE],
  },
  'pool-full': {
    title: 'A thin pool is full',
    group: 'Storage',
    happens:
      'Data or metadata of the thin pool are used up: every VM on it freezes with an I/O error, whoever it belongs to. Its agent is silent, SSH hangs.',
    shows:
      'Status says how many VMs are frozen by an I/O error and names the storage; at Proxmox they still "run".',
    ends: 'Clearing it extends the pool. VMs stay frozen until each is resumed or restarted.',
    params: [
      STORAGE,
      {
        name: 'what',
        label: 'Full of',
        is: 'choice',
        choices: ['data', 'metadata'],
        required: true,
        initial: 'data',
      },
    ],
  },
  'disk-lost': {
    title: 'A disk is lost',
    group: 'Storage',
    happens:
      'The disk below a storage does not answer any more: the storage is inactive, its guests freeze and cannot start again.',
    shows:
      'Status says how many VMs are frozen by an I/O error and names the storage; a start fails with "no such logical volume".',
    ends: 'Clearing it is the cable put back: the data are there. Restart what stopped.',
    params: [STORAGE, { ...HOST, required: undefined, help: 'Empty: on every host.' }],
  },
  'agent-never-up': {
    title: 'The guest agent never answers',
    group: 'Machines',
    happens: 'The agent does not start in the guests.',
    shows: 'The panel says so and goes on by SSH.',
    ends: 'At the next boot of the guest after it was cleared.',
    params: [ANY_VM],
  },
  'guest-unreachable': {
    title: 'A VM cannot be reached',
    group: 'Networks',
    happens: 'No packet gets to the VM, although it runs.',
    shows: 'The VM runs and does not answer by SSH; steps in it wait and fail with "no route".',
    ends: AT_ONCE,
    params: [VM],
  },
  'other-host-key': {
    title: 'A VM shows another SSH host key',
    group: 'Machines',
    happens: 'The host key is another one, as when somebody installed the VM anew.',
    shows: 'Nothing more is done in the VM until an admin compared and accepted the key.',
    ends: AT_ONCE,
    params: [VM],
  },
  'other-instance': {
    title: 'Cloud-init begins again',
    group: 'Machines',
    happens:
      'The resolver of the hypervisor changed, and with it the instance id of the seeds that PVE makes: the next boot is a first boot, with new host keys.',
    shows:
      'Nothing for VMs with a seed of the panel’s own. Others show another host key after their next start.',
    ends: 'Clearing it changes the id back, which is one more first boot.',
    params: [ANY_VM],
  },
  'serial-lost': {
    title: 'The serial port is gone',
    group: 'Machines',
    happens:
      'Somebody took the serial port from the VM: a cloud image whose disk grew panics at its next boot.',
    shows: 'The VM runs and never answers; the console shows the kernel panic.',
    ends: 'Clear it and restart the VM.',
    params: [ANY_VM],
  },
  'clock-skew': {
    title: 'A clock is wrong',
    group: 'Machines',
    happens: 'The clock of the guest is off until its time service is restarted, or for good.',
    shows:
      'A check of the clock before a node joins says by how much, and mends it where it can be mended.',
    ends: AT_ONCE,
    params: [
      ANY_VM,
      { name: 'seconds', label: 'Seconds', is: 'number', required: true, initial: '90' },
      { name: 'stubborn', label: 'A restart of the time service does not help', is: 'flag' },
    ],
  },
  'apt-locked': {
    title: 'Packages are locked',
    group: 'Machines',
    happens: 'unattended-upgrades holds the locks of apt for so many seconds.',
    shows: 'The step waits and says for whom.',
    ends: 'By itself after that time.',
    params: [
      ANY_VM,
      { name: 'seconds', label: 'Seconds', is: 'number', required: true, initial: '120' },
    ],
  },
  'command-fails': {
    title: 'A command fails',
    group: 'Machines',
    happens: 'A command line in the guests that begins so ends with an error.',
    shows: 'The step fails with the last lines of the command; Retry goes on from it.',
    ends: 'After so many times, or when it is cleared; then retry the job.',
    params: [
      {
        name: 'command',
        label: 'Command begins with',
        is: 'text',
        required: true,
        initial: 'kubeadm join',
      },
      ANY_VM,
      { name: 'message', label: 'Message', is: 'text' },
      { name: 'code', label: 'Exit code', is: 'number', least: 1, most: 255 },
      { ...TIMES, initial: '1' },
      { name: 'after', label: 'After so many of its steps', is: 'number', least: 0 },
    ],
  },
  'address-in-use': {
    title: 'An address is taken',
    group: 'Networks',
    happens: 'A machine that nobody told of has this address and answers.',
    shows: 'The deploy is refused before the VM is made, with the MAC that answered.',
    ends: AT_ONCE,
    params: [
      { name: 'address', label: 'Address', is: 'address', required: true, initial: '10.0.0.33' },
      { name: 'mac', label: 'MAC', is: 'mac' },
    ],
  },
  'foreign-change': {
    title: 'Somebody is editing the networks of a host',
    group: 'Networks',
    happens: 'Changes by somebody else are staged on the host and not applied yet.',
    shows:
      'The panel refuses to apply its own change and shows what is staged; it applies and drops nothing of theirs.',
    ends: 'Clearing it is Revert in PVE.',
    params: [HOST],
  },
  'reload-fails': {
    title: 'Networks cannot be applied',
    group: 'Networks',
    happens:
      'The reload of the networks of the host ends with an error; what was staged stays staged.',
    shows: 'The step fails with the words of ifreload.',
    ends: AT_ONCE,
    params: [HOST, { name: 'message', label: 'Message', is: 'text' }],
  },
  'pod-stuck': {
    title: 'Pods never start',
    group: 'Kubernetes',
    happens:
      'Pods whose names begin so stay as they are, such as for an image that cannot be pulled.',
    shows: 'The add-on is not ready, with the reason that the pod gives.',
    ends: AT_ONCE,
    params: [
      {
        name: 'pod',
        label: 'Name begins with',
        is: 'text',
        required: true,
        initial: 'calico-node',
      },
      { name: 'reason', label: 'Reason', is: 'text', initial: 'ImagePullBackOff' },
      { name: 'message', label: 'Message', is: 'text' },
    ],
  },
}

/** The table as a list, in its order. */
export const faultKinds = (): (FaultEntry & { kind: FaultKind })[] =>
  Object.entries(FAULTS).map(([kind, entry]) => ({ kind: kind as FaultKind, ...entry }))
