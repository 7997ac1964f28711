/** A parsed request to the PVE API. Serving it (TLS, bodies, multipart) is the worker's part. */
export type LabRequest = {
  method: string
  /** Below `/api2/json`, decoded, without query: `/nodes/pve1/qemu`. */
  path: string
  /** Form, JSON and query parameters together. A repeated key is an array. */
  params: Record<string, unknown>
  /** `Authorization` without its scheme name: `root@pam!lab=uuid`. */
  token: string | null
  /** The PVEAuthCookie, decoded. */
  ticket: string | null
  csrf: string | null
  upload: Upload | null
  /** The host whose port it came to; absent: the first one. */
  via?: string
}

/** A file sent with a request. */
export type Upload = {
  filename: string
  bytes: number
  sha256: string
  files: Record<string, string> | null
}
