import { call, get, post } from './client'
import type { TestConnectionAnswer } from './contract'
import type {
  AcceptGitHostKeyRequest,
  ChooseGitRequest,
  GitAnswer,
  GitHookAnswer,
  GitSyncRequest,
  PutGitRequest,
} from './contract-git'
import { api } from './paths'

/** A topology's Git repository. */
export const gitClient = {
  get: (t: string, signal?: AbortSignal) => get<GitAnswer>(api.git(t), signal),
  put: (t: string, request: PutGitRequest) => call<GitAnswer>('PUT', api.git(t), request),
  remove: (t: string) => call<GitAnswer>('DELETE', api.git(t)),
  sync: (t: string, request: GitSyncRequest) => post<GitAnswer>(api.gitSync(t), request),
  choose: (t: string, request: ChooseGitRequest) => post<GitAnswer>(api.gitChoose(t), request),
  acceptHostKey: (t: string, request: AcceptGitHostKeyRequest) =>
    post<GitAnswer>(api.gitHostKey(t), request),
  makeHook: (t: string) => post<GitHookAnswer>(api.gitHook(t), {}),
  test: (t: string) => post<TestConnectionAnswer>(api.gitTest(t), {}),
}

/** Keys of the browser's cache. */
export const gitKeys = { link: (t: string) => ['topology', t, 'git'] as const }
