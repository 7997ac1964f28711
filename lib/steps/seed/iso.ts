/**
 * A minimal ISO 9660 image with Joliet names, enough for a NoCloud seed: a few small files in the
 * root. ECMA-119 and the Joliet specification; read by Linux's isofs, which is what cloud-init mounts.
 */

export type IsoFile = { name: string; content: Uint8Array }

const SECTOR = 2048
/** What stands at which sector; files follow. */
const AT = {
  primary: 16,
  joliet: 17,
  end: 18,
  pathL: 19,
  pathM: 20,
  pathLJ: 21,
  pathMJ: 22,
  root: 23,
  rootJ: 24,
  files: 25,
}
const PATH_TABLE_BYTES = 10
const DIRECTORY_FLAG = 2

type Placed = { name: string; isoName: string; content: Uint8Array; sector: number }

/** The image's bytes. The same input gives the same bytes: there is no clock in it. */
export function writeIso(volumeId: string, files: readonly IsoFile[]): Uint8Array {
  const placed = place(files)
  const last = placed.at(-1)
  const total = last ? last.sector + sectorsOf(last.content) : AT.files
  const image = Buffer.alloc(total * SECTOR)

  writeDescriptor(image, AT.primary, { volumeId, total, joliet: false })
  writeDescriptor(image, AT.joliet, { volumeId, total, joliet: true })
  image[AT.end * SECTOR] = 255
  image.write('CD001', AT.end * SECTOR + 1, 'latin1')
  image[AT.end * SECTOR + 6] = 1

  writePathTables(image)
  writeRoot(
    image,
    AT.root,
    placed.map((file) => ({ ...file, id: Buffer.from(file.isoName, 'latin1') })),
  )
  writeRoot(
    image,
    AT.rootJ,
    placed.map((file) => ({ ...file, id: utf16be(file.name) })),
  )
  for (const file of placed) image.set(file.content, file.sector * SECTOR)
  return image
}

function place(files: readonly IsoFile[]): Placed[] {
  let sector = AT.files
  return files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((file) => {
      const placed = { ...file, isoName: isoNameOf(file.name), sector }
      sector += sectorsOf(file.content)
      return placed
    })
}

const sectorsOf = (content: Uint8Array) => Math.max(1, Math.ceil(content.length / SECTOR))

/** Level 1 name for readers without Joliet: `META_DAT.;1`, as genisoimage writes it. */
const isoNameOf = (name: string) => {
  const [base = '', extension = ''] = name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9.]/g, '_')
    .split('.')
  return `${base.slice(0, 8)}.${extension.slice(0, 3)};1`
}

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** Numbers stand in both byte orders (ECMA-119 section 7.3.3). */
const both32 = (image: Buffer, at: number, value: number) => {
  image.writeUInt32LE(value, at)
  image.writeUInt32BE(value, at + 4)
}
const both16 = (image: Buffer, at: number, value: number) => {
  image.writeUInt16LE(value, at)
  image.writeUInt16BE(value, at + 2)
}

function writeDescriptor(
  image: Buffer,
  sector: number,
  { volumeId, total, joliet }: { volumeId: string; total: number; joliet: boolean },
): void {
  const at = sector * SECTOR
  const text = (offset: number, length: number, value: string) => {
    const bytes = Buffer.alloc(length, joliet ? utf16be(' ') : 0x20)
    const encoded = joliet ? utf16be(value) : Buffer.from(value, 'latin1')
    encoded.copy(bytes, 0, 0, Math.min(encoded.length, length))
    bytes.copy(image, at + offset)
  }
  image[at] = joliet ? 2 : 1
  image.write('CD001', at + 1, 'latin1')
  image[at + 6] = 1
  text(8, 32, 'LINUX')
  text(40, 32, volumeId)
  both32(image, at + 80, total)
  if (joliet) image.write('%/E', at + 88, 'latin1') // UCS-2 level 3
  both16(image, at + 120, 1)
  both16(image, at + 124, 1)
  both16(image, at + 128, SECTOR)
  both32(image, at + 132, PATH_TABLE_BYTES)
  image.writeUInt32LE(joliet ? AT.pathLJ : AT.pathL, at + 140)
  image.writeUInt32BE(joliet ? AT.pathMJ : AT.pathM, at + 148)
  directoryRecord(joliet ? AT.rootJ : AT.root, SECTOR, DIRECTORY_FLAG, Buffer.from([0])).copy(
    image,
    at + 156,
  )
  for (const offset of [190, 318, 446, 574]) text(offset, 128, '')
  for (const offset of [702, 739]) text(offset, 37, '')
  text(776, 37, '')
  for (const offset of [813, 830, 847, 864]) image.write('0000000000000000', at + offset, 'latin1')
  image[at + 881] = 1
}

/** Both byte orders, both trees: one entry, the root. */
function writePathTables(image: Buffer): void {
  for (const [sector, root] of [
    [AT.pathL, AT.root],
    [AT.pathLJ, AT.rootJ],
  ] as const) {
    const at = sector * SECTOR
    image[at] = 1
    image.writeUInt32LE(root, at + 2)
    image.writeUInt16LE(1, at + 6)
  }
  for (const [sector, root] of [
    [AT.pathM, AT.root],
    [AT.pathMJ, AT.rootJ],
  ] as const) {
    const at = sector * SECTOR
    image[at] = 1
    image.writeUInt32BE(root, at + 2)
    image.writeUInt16BE(1, at + 6)
  }
}

function writeRoot(
  image: Buffer,
  sector: number,
  files: readonly (Placed & { id: Buffer })[],
): void {
  const records = [
    directoryRecord(sector, SECTOR, DIRECTORY_FLAG, Buffer.from([0])),
    directoryRecord(sector, SECTOR, DIRECTORY_FLAG, Buffer.from([1])),
    ...files
      .toSorted((a, b) => Buffer.compare(a.id, b.id))
      .map((file) => directoryRecord(file.sector, file.content.length, 0, file.id)),
  ]
  Buffer.concat(records).copy(image, sector * SECTOR)
}

/** ECMA-119 section 9.1. The date stays zero, "not specified". */
function directoryRecord(sector: number, bytes: number, flags: number, id: Buffer): Buffer {
  const length = 33 + id.length + (id.length % 2 === 0 ? 1 : 0)
  const record = Buffer.alloc(length)
  record[0] = length
  both32(record, 2, sector)
  both32(record, 10, bytes)
  record[25] = flags
  both16(record, 28, 1)
  record[32] = id.length
  id.copy(record, 33)
  return record
}
