'use client'

import { useId } from 'react'
import { Button } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import { Table } from '@/components/ui/table'
import type { Conflict } from '@/lib/topology/merge'
import { addedByBoth, type Choice, keyOfConflict, otherIdFor } from '../editor/conflicts'
import { useEditor, useEditorStore } from '../editor/editor-context'
import type { Newer } from '../editor/editor-store'
import { placeWords, valueWords } from './place-words'

/** Where both sides changed the same: what it was, both values, and whose stands, row by row. */
export function ConflictChooser({ newer }: { newer: Newer }) {
  const store = useEditorStore()
  const choices = useEditor((editor) => editor.choices)
  const mine = useEditor((editor) => editor.history.doc)
  const { conflicts, revision } = newer
  const open = conflicts.filter((conflict) => choices[keyOfConflict(conflict)] === undefined).length
  const all = (choice: Choice) =>
    store
      .getState()
      .choose(Object.fromEntries(conflicts.map((each) => [keyOfConflict(each), choice])))
  const option = (conflict: Conflict, choice: Choice, text: string) => (
    <Option conflict={conflict} choice={choice} text={text} />
  )
  return (
    <div className="flex w-full flex-col gap-2">
      <Table
        caption="Changed by both"
        maxHeight="40dvh"
        rows={conflicts}
        rowKey={keyOfConflict}
        columns={[
          {
            id: 'place',
            head: 'What',
            cell: ({ path }) => <span title={path.join('.')}>{placeWords(path)}</span>,
          },
          { id: 'base', head: 'Before', from: 'md', cell: ({ base }) => valueWords(base, null) },
          {
            id: 'mine',
            head: 'Mine',
            cell: (conflict) => option(conflict, 'mine', valueWords(conflict.mine, conflict.base)),
          },
          {
            id: 'theirs',
            head: `Of ${revision.author}`,
            cell: (conflict) =>
              option(conflict, 'theirs', valueWords(conflict.theirs, conflict.base)),
          },
          ...(conflicts.some((conflict) => addedByBoth(conflict) !== null)
            ? [
                {
                  id: 'both',
                  head: 'Both',
                  cell: (conflict: Conflict) =>
                    addedByBoth(conflict) === null
                      ? null
                      : option(
                          conflict,
                          'both',
                          `mine as ${otherIdFor(conflict, mine, newer.doc)}`,
                        ),
                },
              ]
            : []),
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          variant="primary"
          disabledReason={open > 0 ? `Choose in ${count(open, 'more row')} first.` : null}
          onClick={() => store.getState().resolve()}
        >
          Merge with these choices
        </Button>
        <Button size="sm" onClick={() => all('mine')}>
          Mine everywhere
        </Button>
        <Button size="sm" onClick={() => all('theirs')}>
          Theirs everywhere
        </Button>
        <Button size="sm" onClick={() => store.getState().takeNewer()}>
          Discard all of mine
        </Button>
      </div>
    </div>
  )
}

/** One value to choose; the arrows go through the values of a row. */
function Option({ conflict, choice, text }: { conflict: Conflict; choice: Choice; text: string }) {
  const store = useEditorStore()
  const id = useId()
  const key = keyOfConflict(conflict)
  const chosen = useEditor((editor) => editor.choices[key] === choice)
  const side = { mine: 'Mine', theirs: 'Theirs', both: 'Both' }[choice]
  return (
    <label htmlFor={id} className="flex min-h-6 items-center gap-2 pointer-coarse:min-h-12">
      <input
        id={id}
        type="radio"
        name={`conflict/${key}`}
        checked={chosen}
        aria-label={`${side} for ${placeWords(conflict.path)}: ${text}`}
        className="size-4 shrink-0 accent-(--work)"
        onChange={() => store.getState().choose({ [key]: choice })}
      />
      <span className="max-w-72 truncate font-mono" title={text}>
        {text}
      </span>
    </label>
  )
}
