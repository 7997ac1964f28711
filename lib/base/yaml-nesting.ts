import { Lexer, Parser } from 'yaml'

const [NEWLINE, SPACE, DASH, QUESTION, COLON, CR] = [10, 32, 45, 63, 58, 13]
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125]

/**
 * Whether a text nests deeper than `most` levels. The YAML library recurses a level each, also where
 * the text is no valid YAML (`a: a: a: `), and what recurses to the end of the stack may end the whole
 * process: V8 cannot compile a regular expression there. So this has to be asked first.
 */
export const nestsDeeper = (text: string, most: number): boolean =>
  mayNestDeeper(text, most) && treeIsDeeper(text, most)

/** By the library's own parser, which keeps a stack of what is open, up to the first place too deep. */
function treeIsDeeper(text: string, most: number): boolean {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    // What it has finished is not needed here; it goes on only while it is asked.
    for (const finished of parser.next(lexeme)) void finished
    if (parser.stack.length > STACKED * most) return true
  }
  return false
}

/** A level is at most so many tokens on that stack: a collection, and the key or value in it. */
const STACKED = 2

/**
 * Told from its marks alone, at most twice too shallow, and too deep for a long line of many pairs:
 * open brackets, and `- `, `? ` and `key: ` that stand further in than those before them, on
 * one line or on many.
 */
function mayNestDeeper(text: string, most: number): boolean {
  /** Where each open level begins, as a column; they only grow. */
  const levels: number[] = []
  let brackets = 0
  let lineAt = 0
  /** Column of the key or value that is being read; null: the indentation still is. */
  let begin: number | null = null
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === NEWLINE) {
      lineAt = i + 1
      begin = null
      continue
    }
    if (code === SPACE || code === CR) continue
    const column = i - lineAt
    if (begin === null) {
      while (levels.length > 0 && levels[levels.length - 1]! >= column) levels.pop()
      begin = column
    }
    if (code === OPEN_LIST || code === OPEN_MAP) brackets++
    else if ((code === CLOSE_LIST || code === CLOSE_MAP) && brackets > 0) brackets--
    else if (code === DASH || code === QUESTION || code === COLON) {
      if (!endsWord(text.charCodeAt(i + 1))) continue
      levels.push(code === COLON ? begin : column)
      begin = column + 1
    }
    if (levels.length + brackets > most) return true
  }
  return false
}

/** What follows a mark that is one; not a number after the text's end, which compares with nothing. */
const endsWord = (code: number): boolean =>
  code === SPACE || code === NEWLINE || code === CR || code === 9 || Number.isNaN(code)
