/** The mark of the product; the name stands beside it. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect className="logo-ground" width="32" height="32" rx="8" />
      <rect className="logo-bar" x="7" y="16" width="4.5" height="9" rx="1.5" opacity=".72" />
      <rect className="logo-bar" x="13.75" y="7" width="4.5" height="18" rx="1.5" />
      <rect className="logo-bar" x="20.5" y="12" width="4.5" height="13" rx="1.5" opacity=".86" />
    </svg>
  );
}
