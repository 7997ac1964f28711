/** What an ISO 9660 image holds in its root folder: text by file name. */
export type IsoImage = { volumeId: string; files: Record<string, string> }

const SECTOR = 2048
/** Larger files are no cloud-init data. */
const MAX_FILE = 2 ** 20

type Descriptor = { rootAt: number; rootBytes: number; joliet: boolean; volumeId: string }

/**
 * Reads an ISO 9660 image's root folder (ECMA-119 sections 8 and 9), with long names by Joliet
 * where there is one, else by Rock Ridge's NM entries. Null if it is no such image.
 */
export function readIso(image: Uint8Array): IsoImage | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength)
  const descriptors = readDescriptors(image, view)
  const chosen = descriptors.find((descriptor) => descriptor.joliet) ?? descriptors[0]
  if (!chosen) return null
  const files: Record<string, string> = {}
  for (const record of readFolder(image, view, chosen)) {
    const end = record.at + record.bytes
    if (record.bytes > MAX_FILE || end > image.byteLength) continue
    files[record.name] = new TextDecoder().decode(image.subarray(record.at, end))
  }
  return { volumeId: (descriptors[0] as Descriptor).volumeId, files }
}

function readDescriptors(image: Uint8Array, view: DataView): Descriptor[] {
  const found: Descriptor[] = []
  for (let at = 16 * SECTOR; at + SECTOR <= image.byteLength; at += SECTOR) {
    const type = image[at]
    if (ascii(image, at + 1, 5) !== 'CD001' || type === 255) break
    if (type !== 1 && type !== 2) continue
    const sequence = ascii(image, at + 88, 3)
    const joliet = type === 2 && /^%\/[@CE]$/.test(sequence)
    if (type === 2 && !joliet) continue
    const descriptor = {
      rootAt: view.getUint32(at + 156 + 2, true) * SECTOR,
      rootBytes: view.getUint32(at + 156 + 10, true),
      joliet,
      volumeId: joliet ? utf16(image, at + 40, 32) : ascii(image, at + 40, 32).trim(),
    }
    if (type === 1) found.unshift(descriptor)
    else found.push(descriptor)
  }
  return found
}

function* readFolder(
  image: Uint8Array,
  view: DataView,
  root: Descriptor,
): Generator<{ name: string; at: number; bytes: number }> {
  const end = Math.min(root.rootAt + root.rootBytes, image.byteLength)
  let at = root.rootAt
  while (at < end) {
    const length = image[at] ?? 0
    if (length === 0) {
      // Records do not cross sectors; the rest of this one is padding.
      at = (Math.floor(at / SECTOR) + 1) * SECTOR
      continue
    }
    const isFolder = ((image[at + 25] ?? 0) & 2) !== 0
    const nameLength = image[at + 32] ?? 0
    if (!isFolder && nameLength > 0)
      yield {
        name: recordName(image, at, length, nameLength, root.joliet),
        at: view.getUint32(at + 2, true) * SECTOR,
        bytes: view.getUint32(at + 10, true),
      }
    at += length
  }
}

function recordName(
  image: Uint8Array,
  at: number,
  length: number,
  nameLength: number,
  joliet: boolean,
): string {
  if (joliet) return utf16(image, at + 33, nameLength).replace(/;\d+$/, '')
  const systemUse = at + 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0)
  const rockRidge = rockRidgeName(image, systemUse, at + length)
  return (
    rockRidge ??
    ascii(image, at + 33, nameLength)
      .replace(/\.?;\d+$/, '')
      .toLowerCase()
  )
}

/** SUSP entries: signature, length, version, data; NM's name begins after its flags. */
function rockRidgeName(image: Uint8Array, from: number, end: number): string | null {
  let name: string | null = null
  let at = from
  while (at + 4 <= end) {
    const length = image[at + 2] ?? 0
    if (length < 4) break
    if (ascii(image, at, 2) === 'NM') name = (name ?? '') + ascii(image, at + 5, length - 5)
    at += length
  }
  return name
}

const ascii = (image: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...image.subarray(at, at + length)).replace(/\0+$/, '')

function utf16(image: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let index = 0; index + 1 < length; index += 2)
    text += String.fromCharCode(((image[at + index] ?? 0) << 8) | (image[at + index + 1] ?? 0))
  return text.replace(/[\0 ]+$/, '')
}
