import { useCallback, useEffect, useState } from "react";
import { readSession, type Session, SignInRequiredError, signIn, signOut } from "../api/client.ts";
import { takeAdminToken } from "./admin-token.ts";

export type SessionState =
  | { readonly status: "checking" }
  | { readonly status: "signed-in"; readonly session: Session }
  | { readonly status: "signed-out"; readonly reason: "none" | "link-refused" | "expired" | "left" }
  | { readonly status: "unavailable"; readonly message: string };

async function open(token: string | undefined): Promise<SessionState> {
  try {
    if (token !== undefined) await signIn(token);
    return { status: "signed-in", session: await readSession() };
  } catch (error) {
    if (!(error instanceof SignInRequiredError)) return { status: "unavailable", message: (error as Error).message };
  }
  if (token === undefined) return { status: "signed-out", reason: "none" };
  // A used link in a browser that is signed in already is no reason to turn its owner away.
  const signedIn = await open(undefined);
  return signedIn.status === "signed-out" ? { status: "signed-out", reason: "link-refused" } : signedIn;
}

// Read once, when the page loads: React may run an effect twice, but a link opens only once.
let opening: Promise<SessionState> | undefined;

/** Who is signed in. Opens the admin link that the page was called with, or that is put into its address bar later. */
export function useSession() {
  const [state, setState] = useState<SessionState>({ status: "checking" });

  const check = useCallback((token: string | undefined) => {
    setState({ status: "checking" });
    opening = open(token);
    opening.then(setState);
  }, []);

  useEffect(() => {
    opening ??= open(takeAdminToken());
    opening.then(setState);
    const onHashChange = () => {
      const token = takeAdminToken();
      if (token !== undefined) check(token);
    };
    window.addEventListener("hashchange", onHashChange);
    return () => window.removeEventListener("hashchange", onHashChange);
  }, [check]);

  const retry = useCallback(() => check(undefined), [check]);
  const expire = useCallback(() => setState({ status: "signed-out", reason: "expired" }), []);
  const leave = useCallback(async () => {
    try {
      await signOut();
      setState({ status: "signed-out", reason: "left" });
    } catch (error) {
      setState({ status: "unavailable", message: (error as Error).message });
    }
  }, []);
  return { state, retry, expire, leave };
}
