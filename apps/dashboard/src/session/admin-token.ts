const FRAGMENT = /^#sign-in=(.+)$/;

/** The token of an admin link, from the fragment of its URL. */
export function adminTokenOf(hash: string): string | undefined {
  return FRAGMENT.exec(hash)?.[1];
}

/** Takes the token out of the address bar, so that neither history nor a copied URL holds it. */
export function takeAdminToken(): string | undefined {
  const token = adminTokenOf(window.location.hash);
  if (token !== undefined) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return token;
}
