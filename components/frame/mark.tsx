/** The panel's sign: two towers and a bridge that can be let down. */
export const Mark = () => (
  <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden fill="none" strokeLinecap="round">
    <path
      d="M3 25h26M7 25V8h5v17M20 25V8h5v17"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinejoin="round"
    />
    <path d="M12 17h8" stroke="var(--work)" strokeWidth="2.8" />
  </svg>
)
