import { call, get, post } from './client'
import type {
  DocumentSecretsAnswer,
  KubeconfigAnswer,
  KubeconfigRequest,
  RecoveryKitAnswer,
  RecoveryKitRequest,
  RevealAnswer,
  SecretsAnswer,
  SetDocumentSecretRequest,
  SetSecretRequest,
} from './contract-secrets'
import { api } from './paths'

/** Calls of `contract-secrets.ts`, one function per endpoint. */
export const secretsClient = {
  secrets: (signal?: AbortSignal) => get<SecretsAnswer>(api.secrets(), signal),
  setSecret: (request: SetSecretRequest) => call<SecretsAnswer>('PUT', api.secrets(), request),
  reveal: (name: string) => post<RevealAnswer>(api.revealSecret(), { name }),
  documentSecrets: (t: string, signal?: AbortSignal) =>
    get<DocumentSecretsAnswer>(api.topologySecrets(t), signal),
  setDocumentSecret: (t: string, secret: string, request: SetDocumentSecretRequest) =>
    call<DocumentSecretsAnswer>('PUT', api.topologySecret(t, secret), request),
  removeDocumentSecret: (t: string, secret: string) =>
    call<DocumentSecretsAnswer>('DELETE', api.topologySecret(t, secret)),
  makeKit: (request: RecoveryKitRequest) => post<RecoveryKitAnswer>(api.recoveryKit(), request),
  kubeconfig: (t: string, request: KubeconfigRequest) =>
    post<KubeconfigAnswer>(api.kubeconfig(t), request),
}

/** Keys of the browser's cache. */
export const secretKeys = {
  all: () => ['secrets'] as const,
  ofDocument: (t: string) => ['topology', t, 'secrets'] as const,
}
