import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { readUsage, SignInRequiredError } from "../api/client.ts";
import type { Usage } from "../api/usage.ts";
import type { View } from "../view/view.ts";

const REFRESH_MS = 60_000;
/** While the first event is awaited, whoever set it up is looking at the page. */
const WAITING_REFRESH_MS = 3_000;

export interface UsageState {
  /** the last answer, kept while the next one is on its way */
  readonly usage: Usage | undefined;
  /** why the last attempt failed; undefined after a good one */
  readonly failure: string | undefined;
  readonly isLoading: boolean;
}

/** The numbers of a view, read again by themselves while the page is in sight. */
export function useUsage(view: View, onSignInRequired: () => void): UsageState & { refresh: () => void } {
  const [state, setState] = useState<UsageState>({ usage: undefined, failure: undefined, isLoading: true });
  const [attempt, setAttempt] = useState(0);
  const refresh = useCallback(() => setAttempt((count) => count + 1), []);
  const requireSignIn = useEffectEvent(onSignInRequired);

  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    readUsage(view, abort.signal).then(
      (usage) => setState({ usage, failure: undefined, isLoading: false }),
      (error: Error) => {
        if (abort.signal.aborted) return;
        if (error instanceof SignInRequiredError) requireSignIn();
        else setState((before) => ({ ...before, failure: error.message, isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [view, attempt]);

  const everyMs = state.usage?.everUsed === false ? WAITING_REFRESH_MS : REFRESH_MS;
  useEffect(() => {
    const refreshInSight = () => document.visibilityState === "visible" && refresh();
    const timer = setInterval(refreshInSight, everyMs);
    document.addEventListener("visibilitychange", refreshInSight);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refreshInSight);
    };
  }, [everyMs, refresh]);

  return { ...state, refresh };
}
