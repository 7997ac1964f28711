import { parse, YAMLParseError } from 'yaml'
import { nestsDeeper } from './yaml-nesting'

/** YAML of a guest or a cluster that is not read. The message never quotes the text. */
export class UnreadableYaml extends Error {
  override readonly name = 'UnreadableYaml'
}

/** What kubeadm, kubectl and Kubernetes write has a tenth of each. */
const MOST = { characters: 1024 * 1024, levels: 64, aliases: 100 }

/**
 * The value of a YAML text that somebody else may have written: a machine that was broken into must
 * not end or block the process that looks at it. Throws {@link UnreadableYaml} for what is no YAML, is
 * longer than 1 MiB, nests deeper than 64 levels, or grows by its aliases. Of a key that is written
 * twice the last counts: comparing every key with every other takes minutes.
 */
export function parseForeignYaml(text: string): unknown {
  if (text.length > MOST.characters) throw new UnreadableYaml('It is longer than 1 MiB.')
  if (nestsDeeper(text, MOST.levels))
    throw new UnreadableYaml(`It nests deeper than ${MOST.levels} levels.`)
  try {
    return parse(text, {
      uniqueKeys: false,
      prettyErrors: false,
      maxAliasCount: MOST.aliases,
      logLevel: 'error',
    })
  } catch (error) {
    // An alias without its anchor, and too many of them, are ReferenceErrors of the library.
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error
    throw new UnreadableYaml('It is no valid YAML.')
  }
}
