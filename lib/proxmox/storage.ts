import type { Readable } from 'node:stream'
import { z } from 'zod'
import { num } from './answer-values'
import * as answers from './answers'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { multipartFile } from './multipart'
import { toGib, type Upid, type VmParams } from './values'

export type StorageStatus = {
  storage: string
  type: string
  content: string[]
  active: boolean
  shared: boolean
  totalGib: number
  usedGib: number
}
export type Volume = {
  volid: string
  content: string
  format: string
  sizeBytes: number
  vmid: number | null
}
/** What a web server says about a file before it is fetched; null where it does not. */
export type UrlMetadata = {
  name: string | null
  sizeBytes: number | null
  mimeType: string | null
}
/** A file's sum as its publisher states it. */
export type Checksum = { algorithm: 'sha256' | 'sha512' | 'sha1' | 'md5'; value: string }
export type FileKind = 'iso' | 'import' | 'vztmpl'

/** Storages of a node and what is on them. */
export type Storage = {
  storages(node: string): Promise<StorageStatus[]>
  content(node: string, storage: string, kind?: string): Promise<Volume[]>
  /** An existing file of that name is replaced. With a sum the task fails where it differs. */
  upload(
    node: string,
    storage: string,
    file: { kind: FileKind; name: string; content: Uint8Array | Readable; checksum?: Checksum },
    signal?: AbortSignal,
  ): Promise<Upid>
  /** What Proxmox finds at a URL; sends a request from the node. */
  urlMetadata(node: string, url: string): Promise<UrlMetadata>
  /** Proxmox fetches it itself. An existing file of that name fails the task. */
  downloadUrl(
    node: string,
    storage: string,
    file: {
      kind: FileKind
      name: string
      url: string
      sha256: string | null
      /** Instead of `sha256`, where the publisher states another sum. */
      checksum?: Checksum
    },
  ): Promise<Upid>
  /** An empty disk image; answers its volume. */
  allocate(
    node: string,
    storage: string,
    disk: { vmid: number; name: string; sizeGib: number; format?: 'raw' | 'qcow2' },
  ): Promise<string>
  /** Deleting what is not there is not an error. */
  deleteVolume(node: string, volid: string): Promise<Upid | null>
}

const Metadata = z.object({
  filename: z.string().optional(),
  size: num.optional(),
  mimetype: z.string().optional(),
})

/** Half an hour between the last byte sent and the answer. */
const UPLOAD = 45

/** The storage of a volume's name: `local-lvm:vm-211-disk-0`. */
export const storageOf = (volid: string): string => volid.split(':')[0] ?? ''

/** See {@link Storage}. */
export function storageCalls(ask: Ask): Storage {
  const verbs = verbsOf(ask)
  return { ...contentCalls(ask, verbs), ...fileCalls(ask, verbs) }
}

type Contents = 'storages' | 'content' | 'allocate' | 'deleteVolume'

function contentCalls(ask: Ask, { read }: Verbs): Pick<Storage, Contents> {
  return {
    async storages(node) {
      const what = `List the storages of ${node}`
      const list = await read(answers.Storages, what, path`/nodes/${node}/storage`)
      return list.map(({ storage, type, content, active, shared, total, used }) => ({
        storage,
        type,
        content: content.split(',').filter(Boolean).toSorted(),
        active,
        shared,
        totalGib: toGib(total),
        usedGib: toGib(used),
      }))
    },
    async content(node, storage, kind) {
      const list = await read(
        answers.Content,
        `List what ${storage} holds`,
        path`/nodes/${node}/storage/${storage}/content`,
        { content: kind },
      )
      return list.map(({ volid, content, format, size, vmid }) => ({
        ...{ volid, content, format, vmid },
        sizeBytes: size,
      }))
    },
    allocate: (node, storage, { vmid, name, sizeGib, format }) =>
      ask(z.string(), {
        method: 'POST',
        path: path`/nodes/${node}/storage/${storage}/content`,
        what: `Allocate ${name} on ${storage}`,
        body: { vmid, filename: name, size: `${sizeGib}G`, format },
      }),
    deleteVolume: (node, volid) =>
      ask(answers.MaybeTaskId, {
        method: 'DELETE',
        path: path`/nodes/${node}/storage/${storageOf(volid)}/content/${volid}`,
        what: `Delete ${volid}`,
      }),
  }
}

function fileCalls(ask: Ask, { read, task }: Verbs): Omit<Storage, Contents> {
  return {
    upload: (node, storage, file, signal) =>
      ask(answers.TaskId, {
        method: 'POST',
        path: path`/nodes/${node}/storage/${storage}/upload`,
        what: `Upload ${file.name} to ${storage}`,
        multipart: multipartFile(
          { content: file.kind, ...sumOf(file.checksum) },
          file.name,
          file.content,
        ),
        signal,
        patience: UPLOAD,
      }),
    async urlMetadata(node, url) {
      const what = `Look at ${url}`
      const found = await read(Metadata, what, path`/nodes/${node}/query-url-metadata`, { url })
      return {
        name: found.filename ?? null,
        sizeBytes: found.size ?? null,
        mimeType: found.mimetype ?? null,
      }
    },
    downloadUrl: (node, storage, { kind, name, url, sha256, checksum }) =>
      task(
        `Download ${name} to ${storage}`,
        ['POST', path`/nodes/${node}/storage/${storage}/download-url`],
        {
          ...{ content: kind, filename: name, url },
          ...(sumOf(
            checksum ?? (sha256 === null ? undefined : { algorithm: 'sha256', value: sha256 }),
          ) satisfies VmParams),
        },
      ),
  }
}

const sumOf = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : { checksum: checksum.value, 'checksum-algorithm': checksum.algorithm }
