import { join } from 'node:path'

/**
 * Where programs are looked for: the system's folders and no other, whatever the panel was started
 * with (a `PATH` of a person's shell may begin with a folder that others can write to).
 */
export const CHILD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Everything that Helm sees of the environment: where its files are, and the machine's own proxy.
 * Nothing of the panel's: no tokens, no `NODE_OPTIONS`, no `LD_PRELOAD`.
 */
export const childEnvironment = (home: string): NodeJS.ProcessEnv => ({
  NODE_ENV: 'production',
  PATH: CHILD_PATH,
  LANG: 'C.UTF-8',
  HOME: home,
  KUBECONFIG: join(home, 'kubeconfig'),
  HELM_CACHE_HOME: join(home, 'cache'),
  HELM_CONFIG_HOME: join(home, 'config'),
  HELM_DATA_HOME: join(home, 'data'),
  ...kept('HTTPS_PROXY'),
  ...kept('NO_PROXY'),
})

const kept = (name: string): Record<string, string> => {
  const value = process.env[name]
  return value === undefined ? {} : { [name]: value }
}
