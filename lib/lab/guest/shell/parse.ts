import type { ListItem, Redirect, SimpleCommand } from './ast'

/** A command line that this shell cannot read; the message is bash's. */
export class ShellSyntaxError extends Error {
  override name = 'ShellSyntaxError'
}

type Token = { word: string; quoted: boolean } | { op: string }

const OPERATORS = [
  '&&',
  '||',
  '2>&1',
  '>&2',
  '2>>',
  '2>',
  '>>',
  '1>',
  '>',
  '<',
  '|',
  ';',
  '\n',
  '&',
]

/**
 * Reads a command line: words with quotes and backslashes, `;`, newlines, `&&`, `||`, `|` and
 * redirections (POSIX shell, sections 2.2, 2.7, 2.9). No expansions: `$` and backquotes are plain
 * characters, so that nothing here has a value that the sender did not write.
 */
export function parseCommandLine(text: string): ListItem[] {
  const list: ListItem[] = []
  let op: ListItem['op'] = ';'
  let command = emptyCommand()
  let pipeline: SimpleCommand[] = []
  let redirect: string | null = null

  const endCommand = () => {
    if (command.words.length > 0 || command.redirects.length > 0) pipeline.push(command)
    command = emptyCommand()
  }
  const endPipeline = (next: ListItem['op']) => {
    endCommand()
    if (pipeline.length > 0) list.push({ op, pipeline })
    pipeline = []
    op = next
  }

  for (const token of tokenize(text)) {
    if ('word' in token) {
      if (redirect) command.redirects.push(toRedirect(redirect, token.word))
      else addWord(command, token)
      redirect = null
    } else if (redirect) throw syntaxError(token.op)
    else if (token.op === '|') {
      if (command.words.length === 0) throw syntaxError('|')
      endCommand()
    } else if (token.op === '&&' || token.op === '||') {
      if (command.words.length === 0) throw syntaxError(token.op)
      endPipeline(token.op)
    } else if (token.op === ';' || token.op === '\n' || token.op === '&') endPipeline(';')
    else if (token.op === '2>&1') command.redirects.push({ fd: 2, to: '&1' })
    else if (token.op === '>&2') command.redirects.push({ fd: 1, to: '/dev/stderr', append: true })
    else redirect = token.op
  }
  if (redirect) throw syntaxError('newline')
  endPipeline(';')
  return list
}

const emptyCommand = (): SimpleCommand => ({ words: [], redirects: [], assignments: {} })

function addWord(command: SimpleCommand, token: { word: string; quoted: boolean }): void {
  const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(token.word)
  if (assignment && command.words.length === 0)
    command.assignments[assignment[1] as string] = assignment[2] as string
  else command.words.push(token.word)
}

const toRedirect = (op: string, to: string): Redirect =>
  op === '<' ? { fd: 0, to } : { fd: op.startsWith('2') ? 2 : 1, to, append: op.endsWith('>>') }

const syntaxError = (near: string): ShellSyntaxError =>
  new ShellSyntaxError(`bash: -c: line 1: syntax error near unexpected token \`${near}'`)

function* tokenize(text: string): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char === ' ' || char === '\t') {
      at += 1
      continue
    }
    if (char === '#') {
      while (at < text.length && text[at] !== '\n') at += 1
      continue
    }
    if (text.startsWith('\\\n', at)) {
      at += 2
      continue
    }
    const op = OPERATORS.find((candidate) => text.startsWith(candidate, at))
    if (op) {
      yield { op }
      at += op.length
      continue
    }
    const read = readWord(text, at)
    yield { word: read.word, quoted: read.quoted }
    at = read.end
  }
}

const ENDS_WORD = /[\s;|&<>]/

function readWord(text: string, start: number): { word: string; quoted: boolean; end: number } {
  let word = ''
  let quoted = false
  let at = start
  while (at < text.length && !ENDS_WORD.test(text[at] as string)) {
    const char = text[at] as string
    if (char === "'") {
      const close = text.indexOf("'", at + 1)
      if (close < 0)
        throw new ShellSyntaxError(
          "bash: -c: line 1: unexpected EOF while looking for matching `''",
        )
      word += text.slice(at + 1, close)
      quoted = true
      at = close + 1
    } else if (char === '"') {
      const read = readDouble(text, at + 1)
      word += read.word
      quoted = true
      at = read.end
    } else if (char === '\\' && at + 1 < text.length) {
      word += text[at + 1]
      quoted = true
      at += 2
    } else {
      word += char
      at += 1
    }
  }
  return { word, quoted, end: at }
}

function readDouble(text: string, start: number): { word: string; end: number } {
  let word = ''
  let at = start
  while (at < text.length) {
    const char = text[at] as string
    if (char === '"') return { word, end: at + 1 }
    if (char === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
      word += text[at + 1] === '\n' ? '' : text[at + 1]
      at += 2
    } else {
      word += char
      at += 1
    }
  }
  throw new ShellSyntaxError('bash: -c: line 1: unexpected EOF while looking for matching `"\'')
}
