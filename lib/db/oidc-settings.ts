import type { OidcRequest } from '@/lib/api/contract-people'
import type { Db, Tx } from './client'
import { findSetting, putSetting } from './settings'

const KEY = 'oidc'

/** Name of the sealed client secret; only the provisioner opens it. */
export const OIDC_SECRET = 'oidc/client-secret'

/** How people sign in through a provider, as stored: without its secret. */
export type OidcSettings = Omit<OidcRequest, 'clientSecret'>

/** The provider's settings; null: people sign in here only. */
export const findOidcSettings = (db: Db | Tx): Promise<OidcSettings | null> =>
  findSetting<OidcSettings>(db, KEY)

/** Stores them, over what was there. */
export const putOidcSettings = (tx: Db | Tx, settings: OidcSettings): Promise<void> =>
  putSetting(tx, KEY, settings)

/** Forgets them. Does nothing if there are none; may open a transaction. */
export async function removeOidcSettings(tx: Db | Tx): Promise<void> {
  await tx.setting.deleteMany({ where: { key: KEY } })
}

/** A write that changes nothing: opens a transaction that reads the settings first. */
export async function touchOidcSettings(tx: Tx): Promise<void> {
  await tx.setting.updateMany({ where: { key: KEY }, data: { key: KEY } })
}
