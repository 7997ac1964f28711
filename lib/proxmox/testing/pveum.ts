/** Sends a form to PVE's API as root; `data` of the answer. Throws where it is refused. */
export type Send = (method: string, path: string, form: Record<string, string>) => Promise<unknown>

type Command = { words: string[]; options: Record<string, string> }

/** `pveum` of PVE is a thin layer over its API: verbs, and what they call (PVE::CLI::pveum). */
const VERBS: Record<string, (command: Command) => Parameters<Send>> = {
  'role add': ({ words: [roleid = ''], options }) => [
    ...(['POST', '/access/roles', { roleid, ...options }] as const),
  ],
  'role modify': ({ words: [roleid], options }) => ['PUT', `/access/roles/${roleid}`, options],
  'user add': ({ words: [userid = ''], options }) => [
    ...(['POST', '/access/users', { userid, ...options }] as const),
  ],
  'acl modify': ({ words: [path = ''], options }) => ['PUT', '/access/acl', { path, ...options }],
  'user token add': ({ words: [userid, token], options }) => [
    ...(['POST', `/access/users/${userid}/token/${token}`, options] as const),
  ],
}

/** Runs one line as a shell with pveum would; answers what the API answered. */
export function runPveum(line: string, send: Send): Promise<unknown> {
  const [program, ...rest] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  const verb = Object.keys(VERBS).find((each) => rest.join(' ').startsWith(`${each} `))
  const call = verb && VERBS[verb]
  if (program !== 'pveum' || !call) throw new Error(`not a command of pveum: ${line}`)
  const words: string[] = []
  const options: Record<string, string> = {}
  const left = rest.slice(verb.split(' ').length)
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word.startsWith('--')) options[word.slice(2)] = left.shift() ?? ''
    else words.push(word)
  }
  return send(...call({ words, options }))
}
