import type { KubeObject } from './kube'

/** `watch`: the caller streams changes of that collection after `rv`. */
export type KubeAnswer =
  | { status: number; body: unknown; text?: undefined }
  | { status: number; text: string; body?: undefined }
  | {
      status: 200
      watch: {
        collection: string
        rv: number
        namespace?: string
        accept(object: KubeObject): boolean
      }
      text?: undefined
      body?: undefined
    }

/** A Status object, the API's form of every refusal. */
export const problem = (code: number, reason: string, message: string): KubeAnswer => ({
  status: code,
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  },
})
