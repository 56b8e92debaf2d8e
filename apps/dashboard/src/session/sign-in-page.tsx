import { CollectorCommand } from "../parts/collector-command.tsx";
import { Logo } from "../parts/logo.tsx";
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
      <CollectorCommand command="admin-link" />
      <p className="hint">
        The start command prints such a link, too. It works once, within 24 hours, and signs this browser in for 7 days
        after each visit, 30 at most.
      </p>
    </main>
  );
}
