import { useCallback, useMemo, useSyncExternalStore } from "react";
import { browserTimeZone } from "../format/time.ts";
import { formatView, parseView, type View } from "./view.ts";

const CHANGED = "viewchange";

function subscribe(onChange: () => void): () => void {
  window.addEventListener("popstate", onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener("popstate", onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}

/** The view that the URL names, and how to move to another; Back returns to the one before. */
export function useView(): [View, (view: View) => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const view = useMemo(() => parseView(search, browserTimeZone()), [search]);
  const show = useCallback((next: View) => {
    const url = `${window.location.pathname}${formatView(next, browserTimeZone())}`;
    window.history.pushState(null, "", url);
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [view, show];
}
