/** One command with its redirections. Words are unquoted already. */
export type SimpleCommand = {
  words: string[]
  redirects: Redirect[]
  /** `A=b` before the command. */
  assignments: Record<string, string>
}

export type Redirect =
  | { fd: 1 | 2; to: string; append: boolean }
  | { fd: 2; to: '&1' }
  | { fd: 0; to: string }

/** Commands joined by `|`, and how the list goes on after the one before. */
export type ListItem = { op: ';' | '&&' | '||'; pipeline: SimpleCommand[] }

/** A list being worked through: `sh -c` and `sudo sh -c` nest them. */
export type Frame = {
  list: ListItem[]
  index: number
  /** Position in the pipeline, and what the command before wrote. */
  stage: number
  piped: string
  user: string
}
