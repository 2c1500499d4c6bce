// Our mark: what is locked on one chain, what is owed on the other, and the way between them.

/** The mark, in its own colours. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="#12343b" />
    <g fill="none" stroke="#e9c46a" stroke-width="2.2" stroke-linecap="round">
      <path d="M8 9h7M8 16h16M17 23h7" />
      <path d="M15 9c5 0 4 14 9 14" opacity=".55" />
    </g>
    <circle cx="8" cy="9" r="2.4" fill="#e9c46a" />
    <circle cx="24" cy="23" r="2.4" fill="#e9c46a" />
  </svg>
)
