import { createReadStream } from 'node:fs'
import path from 'node:path'
import { type BackupManifest, MANIFEST } from './backup'
import { openPlain } from './backup-plain'

const BLOCK = 512

/**
 * A backup as one tar file (POSIX ustar), in pieces: a folder of the backup's name, as `restore` takes
 * it once unpacked. The files are read as they are taken.
 */
export async function* tarOf(folder: string, manifest: BackupManifest): AsyncGenerator<Uint8Array> {
  for (const name of [MANIFEST, ...manifest.files.map((file) => file.name)]) {
    const { fd, size, close } = openPlain(path.join(folder, name))
    try {
      yield header(`${manifest.name}/${name}`, size, manifest.at)
      // Of what grows meanwhile no more than the header says.
      const reading = { fd, start: 0, end: size - 1, autoClose: false }
      if (size > 0) for await (const piece of createReadStream('', reading)) yield piece
    } finally {
      close()
    }
    if (size % BLOCK > 0) yield new Uint8Array(BLOCK - (size % BLOCK))
  }
  yield new Uint8Array(2 * BLOCK)
}

/** One file's header: name, mode 0600, size, time, checksum. Sizes above 8 GiB in base 256, as GNU's. */
function header(name: string, size: number, at: number): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 100)
  block.write('0000600\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  if (size < 8 ** 11) block.write(`${octal(size, 11)}\0`, 124)
  else {
    block.writeBigUInt64BE(BigInt(size), 128)
    block[124] = 0x80
  }
  block.write(`${octal(Math.floor(at / 1000), 11)}\0`, 136)
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
