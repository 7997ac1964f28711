/** Keys as they are pressed: `Ctrl-K`, or `g o` one after the other. */
export const Kbd = ({ keys }: { keys: string }) => (
  <span className="inline-flex gap-1">
    {keys.split(' ').map((key, index) => (
      <kbd
        // biome-ignore lint/suspicious/noArrayIndexKey: keys of a sequence may repeat
        key={index}
        className="min-w-5 rounded-sm border border-line bg-surface-2 px-1 text-center font-mono text-caption text-ink-2"
      >
        {key}
      </kbd>
    ))}
  </span>
)
