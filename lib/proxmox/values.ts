/** A Proxmox task id, such as `UPID:pve:0003F2A1:...:qmclone:211:root@pam:`. */
export type Upid = string

/** Values of a create or config call; null and undefined are left out. */
export type VmParams = Record<string, string | number | boolean | null | undefined>

/** What a change sets and what it removes; `digest` from the read that it was decided on. */
export type Change = { set?: VmParams; remove?: readonly string[]; digest?: string }

/** A change as PVE's update calls take it: the removed keys in one parameter. */
export const paramsOf = ({ set = {}, remove = [], digest }: Change): VmParams => ({
  ...set,
  delete: remove.length > 0 ? remove.join(',') : null,
  digest,
})

/** Lists in parameters, separated by commas; left out where there is nothing. */
export const listed = (values: readonly (string | number)[] | undefined): string | undefined =>
  values === undefined || values.length === 0 ? undefined : values.join(',')

/** The parts of a list as PVE writes it: separated by commas, semicolons or blanks. */
export const splitList = (text: string | null | undefined): string[] =>
  (text ?? '').split(/[,; ]+/).filter(Boolean)

const MIB = 2 ** 20
const GIB = 2 ** 30

/** Rounded to a tenth, so that a page and a plan do not flicker over bytes. */
export const toGib = (bytes: number): number => Math.round((bytes / GIB) * 10) / 10
/** Whole MiB. */
export const toMib = (bytes: number): number => Math.round(bytes / MIB)
