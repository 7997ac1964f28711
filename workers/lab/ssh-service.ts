import type { Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2'
import { faultsOf } from '@/lib/lab/faults'
import { readText, rootDisk } from '@/lib/lab/guest/filesystem'
import { hostKey, keepHostKey } from '@/lib/lab/guest/host-key'
import { startProcess } from '@/lib/lab/guest/process/start'
import { readsStdin } from '@/lib/lab/guest/process/stdin'
import { parseCommandLine, ShellSyntaxError } from '@/lib/lab/guest/shell/parse'
import type { LabState, Vm } from '@/lib/lab/state'
import type { Engine } from './engine'
import type { PortService } from './gateway'
import { serveSftp } from './sftp'

const BANNER = 'Drawbridge Lab (simulation): this machine does not exist.\r\n'

/** One life of a guest: connections do not outlive it. */
type Life = { vmid: number; bootId: string }

/**
 * The guests' SSH servers. Keys and users are those of the guest's own files, commands run in its
 * simulated shell, and a connection ends when its guest goes down.
 */
export function createSshService(engine: Engine): PortService {
  /** `key`: the one of a fault that it was opened under, null: the guest's own. */
  const open = new Map<Connection, { life: Life; key: string | null; socket: Socket }>()
  engine.onChange(() => {
    for (const [connection, { life, key, socket }] of open) {
      if (isAlive(engine.state, life) && shownKey(engine.state, life.vmid) === key) continue
      open.delete(connection)
      socket.destroy()
    }
  })
  return (lab, vm, target) => {
    if (target.port !== 22 || !vm.guest?.ssh) return null
    const life = { vmid: vm.vmid, bootId: vm.guest.bootId }
    const other = otherKey(lab.state, vm.vmid)
    const key = other ?? ensureHostKey(engine, lab.state, vm)
    return {
      accept(socket) {
        const server = new ssh2.Server(
          { hostKeys: [key], banner: BANNER, ident: 'OpenSSH_8.9p1 Lab' },
          (connection) => {
            open.set(connection, { life, key: other, socket })
            connection.on('close', () => open.delete(connection))
            serveConnection(engine, life, connection)
          },
        )
        server.injectSocket(socket)
      },
    }
  }
}

const isAlive = (state: LabState, { vmid, bootId }: Life): boolean => {
  const guest = state.vms[vmid]?.guest
  return guest?.bootId === bootId && guest.ssh
}

/** The key of the fault that gives this guest another one, made when it is first needed; null: none. */
function otherKey(state: LabState, vmid: number): string | null {
  const fault = faultsOf(state, 'other-host-key').find((each) => each.vmid === vmid)
  if (!fault) return null
  fault.key ??= readableKey()
  return fault.key
}

/** Under which key connections are now: differs from before as soon as the fault comes or goes. */
function shownKey(state: LabState, vmid: number): string | null {
  const fault = faultsOf(state, 'other-host-key').find((each) => each.vmid === vmid)
  return fault ? (fault.key ?? 'not made yet') : null
}

/** ssh2 1.17 writes about one key in 256 in a form that it cannot read itself. */
function readableKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}

/** sshd-keygen: a system without host key makes one when its server starts. */
function ensureHostKey(engine: Engine, state: LabState, vm: Vm): string {
  const known = hostKey(state, vm)
  if (known && !(ssh2.utils.parseKey(known) instanceof Error)) return known
  const made = ssh2.utils.generateKeyPairSync('ed25519')
  keepHostKey(
    state,
    vm,
    { privateText: made.private, publicText: `${made.public}\n` },
    Math.floor(engine.now().wall / 1000),
  )
  return made.private
}

function serveConnection(engine: Engine, life: Life, connection: Connection): void {
  let user = ''
  connection.on('error', () => connection.end())
  connection.on('authentication', (context) => {
    const vm = engine.state.vms[life.vmid]
    if (!vm || !isAlive(engine.state, life) || !mayLogIn(engine.state, vm, context))
      return context.reject(['publickey'])
    user = context.username
    context.accept()
  })
  connection.on('ready', () => {
    connection.on('session', (acceptSession) => {
      const session = acceptSession()
      session.on('pty', (accept) => accept?.())
      session.on('env', (accept) => accept?.())
      session.on('exec', (accept, _reject, info) =>
        serveExec(engine, life, user, info.command, accept()),
      )
      session.on('shell', (accept) => {
        const channel = accept()
        channel.write('This simulated machine runs single commands only: ssh host command\r\n')
        channel.exit(1)
        channel.end()
      })
      session.on('sftp', (accept) => serveSftp(engine, life, user, accept()))
    })
  })
}

/** A key listed in the user's own authorized_keys; root and unknown users never. */
function mayLogIn(state: LabState, vm: Vm, context: AuthContext): boolean {
  if (context.method !== 'publickey') return false
  const known = rootDisk({ state }, vm).os?.users.some((user) => user.name === context.username)
  const text = known
    ? readText({ state }, vm, `/home/${context.username}/.ssh/authorized_keys`)
    : null
  const keys = (text ?? '').split('\n').flatMap((line) => {
    const key = line.trim() && !line.startsWith('#') ? ssh2.utils.parseKey(line.trim()) : null
    return key && !(key instanceof Error) ? [key as ParsedKey] : []
  })
  const offered = keys.find((key) => key.getPublicSSH().equals(context.key.data))
  if (!offered) return false
  if (!context.signature || !context.blob) return true
  return offered.verify(context.blob, context.signature, context.hashAlgo) === true
}

function serveExec(
  engine: Engine,
  life: Life,
  user: string,
  command: string,
  channel: ssh2.ServerChannel,
): void {
  const input: Buffer[] = []
  let process: string | null = null
  const finish = (code: number) => {
    if (channel.destroyed) return
    channel.exit(code)
    channel.end()
  }
  const begin = () => {
    if (process !== null || !isAlive(engine.state, life)) return
    process = engine.change((lab) => {
      const vm = lab.state.vms[life.vmid] as Vm
      const stdin = Buffer.concat(input).toString('utf8')
      return startProcess(lab, vm, { list, user, sink: { kind: 'channel' }, stdin })
    })
    engine.listen(process, {
      output: (stream, data) =>
        void (stream === 'out' ? channel.write(data) : channel.stderr.write(data)),
      exit: finish,
    })
  }
  let list: ReturnType<typeof parseCommandLine>
  try {
    list = parseCommandLine(command)
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error
    channel.stderr.write(`${error.message}\n`)
    finish(2)
    return
  }
  const waits = readsStdin(list)
  channel.on('data', (data: Buffer) => input.push(data))
  channel.on('end', () => waits && begin())
  channel.on('close', () => process !== null && endAbandoned(engine, life, process))
  if (!waits) begin()
}

/** A closed channel ends its command, as SIGHUP does. */
function endAbandoned(engine: Engine, life: Life, id: string): void {
  engine.change((lab) => {
    const guest = lab.state.vms[life.vmid]?.guest
    if (guest) guest.processes = guest.processes.filter((process) => process.id !== id)
  })
}
