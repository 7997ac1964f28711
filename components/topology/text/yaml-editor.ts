import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { defaultKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import {
  bracketMatching,
  defaultHighlightStyle,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Annotation, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { pageNonce } from '@/components/frame/page-nonce'
import { textChanges } from '@/lib/topology/text/text-changes'
import { wordsFor } from './complete'

/** Marks what the editor wrote into the text itself, so that it is not taken for typing. */
const fromDocument = Annotation.define<boolean>()

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--work)' },
  { tag: tags.definition(tags.propertyName), color: 'var(--work)' },
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: tags.string, color: 'var(--ink-1)' },
  { tag: tags.number, color: 'var(--replace)' },
  { tag: tags.bool, color: 'var(--replace)' },
  { tag: tags.keyword, color: 'var(--replace)' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', backgroundColor: 'var(--surface-1)' },
  '.cm-content': { fontFamily: 'var(--font-geist-mono), monospace', caretColor: 'var(--ink-1)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-1)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--surface-2) 60%, transparent)' },
  '&.cm-focused': { outline: '2px solid var(--work)', outlineOffset: '-2px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink-1)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface-2)',
    border: '1px solid var(--edge)',
    color: 'var(--ink-1)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--button)',
    color: '#fff',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'color-mix(in srgb, var(--work) 28%, transparent)' },
  '.cm-panels': { backgroundColor: 'var(--surface-2)', color: 'var(--ink-1)' },
})

export type YamlEditor = {
  /** Shows this text; the cursor stays where it is in the text around it. */
  show: (text: string) => void
  mark: (diagnostics: readonly Mark[]) => void
  jump: (line: number) => void
  destroy: () => void
}
export type Mark = {
  line: number
  column: number
  severity: 'error' | 'warning' | 'info'
  message: string
}

/** A text editor in `parent`. `onType` gets the whole text after each change by a person. */
export function openYamlEditor(
  parent: HTMLElement,
  text: string,
  options: {
    readOnly: boolean
    /** Of the element that says how the keyboard leaves the text. */
    hintId: string
    onType: (text: string) => void
    onUndo: () => void
    onRedo: () => void
  },
): YamlEditor {
  const view = new EditorView({ parent, doc: text, extensions: extensions(options) })
  return {
    show: (next) => replaceText(view, next),
    mark: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((m) => toDiagnostic(view, m)),
        ),
      ),
    jump: (line) => {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
      view.dispatch({
        selection: { anchor: at.from },
        effects: EditorView.scrollIntoView(at.from, { y: 'center' }),
      })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}

function extensions(options: {
  readOnly: boolean
  hintId: string
  onType: (text: string) => void
  onUndo: () => void
  onRedo: () => void
}): Extension[] {
  const run = (act: () => void) => () => {
    act()
    return true
  }
  const nonce = pageNonce()
  return [
    ...(nonce ? [EditorView.cspNonce.of(nonce)] : []),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    syntaxHighlighting(colours),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    autocompletion({ override: [complete] }),
    look,
    // Without a tab index of its own a read-only text could not be scrolled by keyboard.
    EditorView.contentAttributes.of({
      'aria-label': 'Document text',
      ...(options.readOnly ? {} : { 'aria-describedby': options.hintId }),
      tabindex: '0',
    }),
    EditorView.editable.of(!options.readOnly),
    // Not editable still obeys commands that change the text; this refuses them.
    EditorState.readOnly.of(options.readOnly),
    // Undo is the document's own: one stack for canvas, forms, table and text.
    keymap.of([
      { key: 'Mod-z', run: run(options.onUndo), preventDefault: true, stopPropagation: true },
      { key: 'Mod-Shift-z', run: run(options.onRedo), preventDefault: true, stopPropagation: true },
      { key: 'Mod-y', run: run(options.onRedo), preventDefault: true, stopPropagation: true },
      ...searchKeymap,
      ...defaultKeymap,
      // Tab leaves the editor after Esc, as CodeMirror documents and the pane says; at once where
      // nothing can be indented.
      ...(options.readOnly ? [] : [indentWithTab]),
    ]),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return
      if (update.transactions.some((tr) => tr.annotation(fromDocument))) return
      options.onType(update.state.doc.toString())
    }),
  ]
}

/** Replaces only what differs, so that cursor, selection and folds stay where they are in the text. */
function replaceText(view: EditorView, next: string): void {
  const changes = textChanges(view.state.doc.toString(), next)
  if (changes.length > 0) view.dispatch({ changes, annotations: fromDocument.of(true) })
}

function toDiagnostic(view: EditorView, { line, column, severity, message }: Mark): Diagnostic {
  const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
  const from = Math.min(at.from + Math.max(column - 1, 0), at.to)
  return { from, to: at.to, severity, message }
}

function complete(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[\w-]*/)
  if (!word || (word.from === word.to && !context.explicit)) return null
  const before = context.state.doc.sliceString(0, context.pos)
  const options = wordsFor(before, context.state.doc.toString())
  return options.length > 0 ? { from: word.from, options, validFor: /^[\w-]*$/ } : null
}
