import { OverviewPage } from "./overview/overview-page.tsx";
import { PageSkeleton } from "./overview/page-skeleton.tsx";
import { SignInPage } from "./session/sign-in-page.tsx";
import { useSession } from "./session/use-session.ts";

export function App() {
  const { state, retry, leave, expire } = useSession();
  if (state.status === "checking") return <PageSkeleton />;
  if (state.status === "signed-in") {
    return <OverviewPage projectName={state.session.project.name} onSignOut={leave} onSignInRequired={expire} />;
  }
  return <SignInPage state={state} onRetry={retry} />;
}
