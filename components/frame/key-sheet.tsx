'use client'

import { Dialog } from '@/components/ui/dialog'
import { Checkbox } from '@/components/ui/field'
import { Kbd } from '@/components/ui/kbd'
import { type Action, keyWays } from './action'
import { setSingleKeys, useSingleKeys } from './use-shortcuts'

/** All keys of this page, from the same table that reads them. */
export function KeySheet({
  open,
  onClose,
  actions,
}: {
  open: boolean
  onClose: () => void
  actions: readonly Action[]
}) {
  const single = useSingleKeys()
  const withKeys = actions.filter((action) => action.keys)
  const groups = [...new Set(withKeys.map((action) => action.group))]
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard" wide>
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-caption text-ink-3">{group}</h3>
            <dl>
              {withKeys
                .filter((action) => action.group === group)
                .map((action) => (
                  <div key={action.id} className="flex min-h-7 items-center justify-between gap-4">
                    <dt>{action.label}</dt>
                    <dd className="flex gap-2">
                      {keyWays(action).map((way) => (
                        <Kbd key={way} keys={way} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        className="mt-2 border-line border-t pt-3"
        label="Letters act without Ctrl"
        help="Off for those who dictate, or whose keys slip. Ctrl-K and the like keep working."
        checked={single}
        onChange={setSingleKeys}
      />
    </Dialog>
  )
}
