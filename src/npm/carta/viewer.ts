// The names of CARTA's own viewer that are used here. They differ between versions:
// each is asked for before it is used.

interface CartaPage {
  app?: { apiService?: { accessToken?: unknown } };
}

/** What the viewer has in place of a token where nobody logs in. */
export const NO_TOKEN = "no_auth_configured";

/**
 * The token that the viewer in this page would connect with now, "" if it has none;
 * `undefined` if this is no CARTA viewer.
 */
export function viewersToken(): string | undefined {
  try {
    const token = (globalThis as CartaPage).app?.apiService?.accessToken;
    if (typeof token !== "string") return undefined;
    return token === NO_TOKEN ? "" : token;
  } catch {
    return undefined;
  }
}

/** Where the viewer in this page finds its settings. */
export function settingsAddress(): string {
  const page = location.href.replace(/[?#].*/, "").replace(/index\.html$/, "");
  return `${page}${page.endsWith("/") ? "" : "/"}config`;
}
