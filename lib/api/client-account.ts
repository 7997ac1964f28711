import { call, get, post } from './client'
import type { SessionAnswer, SignInRequest } from './contract'
import type {
  AddPasskeyRequest,
  ChangePasswordRequest,
  ConfirmRequest,
  MyAccount,
  PasskeyAnswer,
  PasskeyQuestion,
  PhoneLink,
  PhoneSignInRequest,
  ProveTotpRequest,
  RecoveryCodes,
  SecondFactorRequest,
  SignInAnswer,
  TotpOffer,
} from './contract-account'
import { api } from './paths'

/** The calls of `contract-account.ts`. */
export const account = {
  signIn: (request: SignInRequest) => post<SignInAnswer>(api.signIn(), request),
  secondFactor: (request: SecondFactorRequest) => post<SessionAnswer>(api.secondFactor(), request),
  passkeyQuestion: () => post<PasskeyQuestion>(api.passkeySignInOptions()),
  passkeySignIn: (request: PasskeyAnswer) => post<SessionAnswer>(api.passkeySignIn(), request),
  phoneSignIn: (request: PhoneSignInRequest) => post<SessionAnswer>(api.phoneSignIn(), request),

  me: (signal?: AbortSignal) => get<MyAccount>(api.me(), signal),
  confirmQuestion: () => post<PasskeyQuestion>(api.confirmOptions()),
  confirm: (request: ConfirmRequest) => post<SessionAnswer>(api.confirm(), request),
  changePassword: (request: ChangePasswordRequest) => post<SessionAnswer>(api.password(), request),
  offerTotp: () => post<TotpOffer>(api.totp()),
  proveTotp: (request: ProveTotpRequest) => call<RecoveryCodes>('PUT', api.totp(), request),
  dropTotp: () => call<MyAccount>('DELETE', api.totp()),
  newRecoveryCodes: () => post<RecoveryCodes>(api.recoveryCodes()),
  newPasskeyQuestion: () => post<PasskeyQuestion>(api.passkeyOptions()),
  addPasskey: (request: AddPasskeyRequest) => post<MyAccount>(api.passkeys(), request),
  renamePasskey: (id: string, name: string) => call<MyAccount>('PATCH', api.passkey(id), { name }),
  dropPasskey: (id: string) => call<MyAccount>('DELETE', api.passkey(id)),
  endOtherSessions: () => call<MyAccount>('DELETE', api.mySessions()),
  endSession: (id: string) => call<MyAccount>('DELETE', api.mySession(id)),
  phoneLink: () => post<PhoneLink>(api.phoneLink()),
}
