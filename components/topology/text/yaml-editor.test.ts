// @vitest-environment jsdom
import { EditorView } from '@codemirror/view'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openYamlEditor } from './yaml-editor'

/** An editor, and whether it keeps a key to itself instead of letting the browser act on it. */
function editor(readOnly: boolean) {
  const parent = document.body.appendChild(document.createElement('div'))
  const onType = vi.fn()
  const options = { readOnly, hintId: 'how-to-leave', onType, onUndo: () => {}, onRedo: () => {} }
  const opened = openYamlEditor(parent, 'name: a\n', options)
  onTestFinished(() => {
    opened.destroy()
    parent.remove()
  })
  const content = parent.querySelector('.cm-content') as HTMLElement
  const keeps = (key: string, keyCode: number) =>
    !content.dispatchEvent(
      new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }),
    )
  return { content, opened, onType, keeps }
}

test('Tab indents, and after Esc it leaves: the text is no trap, and it is said how', () => {
  const { content, keeps, onType } = editor(false)
  expect(keeps('Tab', 9)).toBe(true)
  expect(onType).toHaveBeenCalledWith('  name: a\n')
  keeps('Escape', 27)
  expect(keeps('Tab', 9)).toBe(false)
  expect(content.getAttribute('aria-describedby')).toBe('how-to-leave')
})

test('where nothing may be edited Tab leaves at once and changes nothing', () => {
  const { keeps, onType } = editor(true)
  expect(keeps('Tab', 9)).toBe(false)
  expect(onType).not.toHaveBeenCalled()
})

test('a text that changed above and below the cursor leaves it, and is not taken for typing', () => {
  const { content, opened, onType } = editor(false)
  opened.show('name: a\nabout: b\nvms: {}\n')
  const cursor = () => {
    const view = EditorView.findFromDOM(content)
    if (!view) throw new Error('no editor')
    return view
  }
  cursor().dispatch({ selection: { anchor: 'name: a\nabout: b'.length } })
  opened.show('# theirs\nname: a\nabout: b\nvms: {}\nsizes: {}\n')
  const { head } = cursor().state.selection.main
  expect(cursor().state.doc.sliceString(0, head)).toBe('# theirs\nname: a\nabout: b')
  expect(onType).not.toHaveBeenCalled()
})
