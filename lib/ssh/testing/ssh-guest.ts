import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { createServer, type Server as TcpServer } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import type { Secret } from '@/lib/base/secret'
import { parsePublicKey, publicKeyOf } from '../keys'

/** An SSH server in this process whose commands run in a real shell; `on` answers some itself. */
export type SshGuest = {
  port: number
  /** Connections accepted so far. */
  connections(): number
  /** Attempts to sign in, of whatever kind: whoever refuses a host key makes none. */
  signIns(): number
  /** Commands as they arrived. */
  commands: string[]
  dropAll(): void
  close(): Promise<void>
}

type Answer = (command: string, channel: ServerChannel) => boolean

/** `sudo -n` is taken away, for a test runs as whoever runs it. */
export async function startSshGuest({
  hostKey,
  userKey,
  answer = () => false,
}: {
  hostKey: Secret
  userKey: Secret
  answer?: Answer
}): Promise<SshGuest> {
  const allowed = parsePublicKey(publicKeyOf(userKey)).blob
  const commands: string[] = []
  const open = new Set<Connection>()
  let count = 0
  let signIns = 0
  const server = new ssh2.Server({ hostKeys: [hostKey.reveal()] }, (connection) => {
    count++
    open.add(connection)
    connection.on('error', () => undefined)
    connection.on('close', () => open.delete(connection))
    connection.on('authentication', (auth) => {
      signIns++
      if (auth.method === 'publickey' && Buffer.from(auth.key.data).equals(allowed)) auth.accept()
      else auth.reject(['publickey'])
    })
    connection.on('session', (accept) => {
      const session = accept()
      session.on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command)
        const channel = acceptExec()
        if (!answer(command, channel)) runReally(command, channel)
      })
      session.on('sftp', (acceptSftp) => serveSftp(acceptSftp()))
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  const dropAll = () => {
    for (const connection of open) connection.end()
  }
  return {
    port,
    commands,
    connections: () => count,
    signIns: () => signIns,
    dropAll,
    close: () =>
      new Promise<void>((resolve) => {
        dropAll()
        server.close(() => resolve())
      }),
  }
}

function runReally(command: string, channel: ServerChannel): void {
  const child = spawn('sh', ['-c', command.replace(/^sudo -n /, '')])
  channel.on('error', () => undefined)
  channel.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (chunk) => channel.write(chunk))
  child.stderr.on('data', (chunk) => channel.stderr.write(chunk))
  channel.on('close', () => child.kill('SIGTERM'))
  child.on('close', (code) => {
    channel.exit(code ?? 143)
    channel.end()
  })
}

/** Enough of SFTP to create and write a file. */
function serveSftp(sftp: ssh2.SFTPWrapper): void {
  const { STATUS_CODE } = ssh2.utils.sftp
  const toFd = (handle: Buffer) => handle.readUInt32BE(0)
  sftp.on('OPEN', (id, path, _flags, attributes) => {
    const fd = openSync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      attributes.mode,
    )
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(fd, 0)
    sftp.handle(id, handle)
  })
  sftp.on('WRITE', (id, handle, offset, data) => {
    writeSync(toFd(handle), data, 0, data.length, offset)
    sftp.status(id, STATUS_CODE.OK)
  })
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK))
  sftp.on('CLOSE', (id, handle) => {
    closeSync(toFd(handle))
    sftp.status(id, STATUS_CODE.OK)
  })
}

/** A TCP port that accepts and never says a word. */
export async function startSilence(): Promise<{ port: number; close(): void }> {
  const server: TcpServer = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}
