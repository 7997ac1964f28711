/** Every URL of the panel, pages and API, in one place. Arguments are encoded. */
const e = encodeURIComponent

export const pages = {
  welcome: () => '/welcome',
  overview: () => '/',
  design: (t: string) => `/t/${e(t)}/design`,
  plan: (t: string, goal?: unknown) =>
    `/t/${e(t)}/plan${goal ? `?goal=${e(JSON.stringify(goal))}` : ''}`,
  history: (t: string) => `/t/${e(t)}/plan/history`,
  jobs: () => '/jobs',
  job: (id: string) => `/jobs/${e(id)}`,
  machines: (t: string) => `/t/${e(t)}/machines`,
  host: (t: string, id: string) => `/t/${e(t)}/hosts/${e(id)}`,
  vm: (t: string, id: string) => `/t/${e(t)}/vms/${e(id)}`,
  cluster: (t: string) => `/t/${e(t)}/cluster`,
  addOns: (t: string) => `/t/${e(t)}/add-ons`,
  status: () => '/status',
  connections: () => '/settings/connections',
  signIn: () => '/sign-in',
  setup: (token: string) => `/setup?token=${e(token)}`,
} as const

export const api = {
  session: () => '/api/session',
  setup: () => '/api/setup',
  signIn: () => '/api/auth/sign-in',
  signOut: () => '/api/auth/sign-out',
  topologies: () => '/api/topologies',
  topology: (t: string) => `/api/t/${e(t)}`,
  revisions: (t: string) => `/api/t/${e(t)}/revisions`,
  revision: (t: string, n: number) => `/api/t/${e(t)}/revisions/${n}`,
  restore: (t: string) => `/api/t/${e(t)}/restore`,
  layout: (t: string) => `/api/t/${e(t)}/layout`,
  plan: (t: string, goal: unknown) => `/api/t/${e(t)}/plan?goal=${e(JSON.stringify(goal))}`,
  startJob: (t: string) => `/api/t/${e(t)}/jobs`,
  errands: (t: string) => `/api/t/${e(t)}/errands`,
  observed: (t: string) => `/api/t/${e(t)}/observed`,
  jobs: (query = '') => `/api/jobs${query}`,
  job: (id: string) => `/api/jobs/${e(id)}`,
  jobAction: (id: string, action: string) => `/api/jobs/${e(id)}/${e(action)}`,
  jobLog: (id: string, after: number, limit: number) =>
    `/api/jobs/${e(id)}/log?after=${after}&limit=${limit}`,
  connections: () => '/api/connections',
  connection: (id: string) => `/api/connections/${e(id)}`,
  testConnection: (id: string) => `/api/connections/${e(id)}/test`,
  status: () => '/api/status',
} as const
