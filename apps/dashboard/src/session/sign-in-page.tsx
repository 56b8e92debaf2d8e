import { CopyLine } from "../overview/copy-line.tsx";
import { Logo } from "../overview/logo.tsx";
import type { SessionState } from "./use-session.ts";

const NOTICES = {
  none: undefined,
  "link-refused": "This link has been used before, or it is older than 24 hours. Each link opens one session.",
  expired: "Your session has ended.",
  left: "You are signed out.",
} as const;

type SignedOut = Exclude<SessionState, { status: "checking" | "signed-in" }>;

/** What a visitor without a session sees: how to get a link that opens one. */
export function SignInPage({ state, onRetry }: { state: SignedOut; onRetry: () => void }) {
  if (state.status === "unavailable") {
    return (
      <main className="sign-in">
        <Logo />
        <h1>No connection</h1>
        <p role="alert">{state.message}</p>
        <button type="button" className="button-primary" onClick={onRetry}>
          Try again
        </button>
      </main>
    );
  }
  const notice = NOTICES[state.reason];
  return (
    <main className="sign-in">
      <Logo />
      <h1>Sign in to your analytics</h1>
      {notice !== undefined && (
        <p className={state.reason === "link-refused" ? "notice notice-warning" : "notice"} role="status">
          {notice}
        </p>
      )}
      <p>A one-time link opens this page. Make one on the machine that runs the collector, then open it here:</p>
      <CopyLine text="collector admin-link" />
      <p className="hint">
        The link works once, within 24 hours. It signs this browser in for as long as you keep coming back: 7 days at a
        time, 30 at most.
      </p>
    </main>
  );
}
