/** The HTTP contract of secrets, as types only. No answer but reveal and kubeconfig holds a value. */
import type { SecretKind } from '@/lib/plan/secret-names'

/** What uses a secret, in words, and the page of it (null where it has none). */
export type SecretUser = { label: string; href: string | null }

export type SecretSummary = {
  /** In the store: `t/dark-knight/document/grafana-admin-password`. */
  name: string
  kind: SecretKind
  /** What it is, in words: `Token of the connection Lab`. */
  title: string
  topologyId: string | null
  /** When this value was stored, UTC milliseconds, and by which account or process. */
  at: number
  by: string
  /** 1 when it was made, one more with each new value. */
  version: number
  users: SecretUser[]
  /** Why no new value can be typed in, and how it is changed instead; null: it can. */
  whyNotSet: string | null
  /** Why it cannot be removed, by what uses it; null: it can. */
  whyNotRemove: string | null
}
/** GET /api/secrets */
export type SecretsAnswer = {
  secrets: SecretSummary[]
  /** When the last recovery kit for the present key was made, UTC milliseconds; null: none was. */
  kitMadeAt: number | null
}
/** PUT /api/secrets: a new value, or null to remove it. Answers {@link SecretsAnswer}. */
export type SetSecretRequest = { name: string; value: string | null }
/** POST /api/secrets/reveal */
export type RevealRequest = { name: string }
export type RevealAnswer = { value: string }

/** One secret of a document, by the name that stands behind `!secret`. */
export type DocumentSecret = {
  secret: string
  /** Where the head uses it: paths into the document, and the place in words. */
  uses: { path: string[]; label: string }[]
  /** `set`: somebody gave it a value; `made`: the panel made it; `waits`: made when it is first needed; `missing`: a person has to give it. */
  state: 'set' | 'made' | 'waits' | 'missing'
  /** Of the value; null without one. */
  at: number | null
  by: string | null
  version: number | null
}
/** GET /api/t/:t/secrets: those that the head uses and those that have a value, by name. */
export type DocumentSecretsAnswer = { secrets: DocumentSecret[] }
/** PUT /api/t/:t/secrets/:name; `null`: the panel makes a random one. Answers {@link DocumentSecretsAnswer}. */
export type SetDocumentSecretRequest = { value: string | null }

/** POST /api/recovery-kit */
export type RecoveryKitRequest = { passphrase: string }
export type RecoveryKitAnswer = {
  /** An armoured age file. */
  kit: string
  /** The public key that it opens for: tells kits apart. */
  recipient: string
  panelId: string
  madeAt: number
}

/** POST /api/t/:t/kubeconfig */
export type KubeconfigRequest = {
  cluster: string
  /** Reads it from the first control plane first, as after it was renewed there. */
  again?: boolean
}
export type KubeconfigAnswer = {
  /** Name for the file, without a folder. */
  file: string
  yaml: string
}
