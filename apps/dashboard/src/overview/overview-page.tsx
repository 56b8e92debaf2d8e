import { Logo } from "../parts/logo.tsx";
import { ThemeToggle } from "../theme/theme-toggle.tsx";
import { useView } from "../view/use-view.ts";
import { keptView } from "../view/view.ts";
import { CallsPanel } from "./calls-panel.tsx";
import { FailuresPanel } from "./failures-panel.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Headline } from "./headline.tsx";
import { PageFooter } from "./page-footer.tsx";
import { OverviewSkeleton } from "./page-skeleton.tsx";
import { RangePicker } from "./range-picker.tsx";
import { StatCards } from "./stat-cards.tsx";
import { ToolsPanel } from "./tools-panel.tsx";
import { useUsage } from "./use-usage.ts";

interface OverviewPageProps {
  readonly projectName: string;
  readonly onSignOut: () => void;
  readonly onSignInRequired: () => void;
}

/** The first screen: is it used, does it work, and if not, where. */
export function OverviewPage({ projectName, onSignOut, onSignInRequired }: OverviewPageProps) {
  const [asked, show] = useView();
  const { usage, failure, isLoading, refresh } = useUsage(asked, onSignInRequired);
  const view = usage === undefined ? asked : keptView(asked, usage);
  return (
    <>
      <header className="top">
        <div className="top-name">
          <Logo />
          <span className="product">MCP Analytics</span>
          {projectName !== "default" && <span className="project">{projectName}</span>}
        </div>
        <div className="top-actions">
          <ThemeToggle />
          <button type="button" className="button-quiet" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </header>
      <main className="page" aria-busy={isLoading}>
        {failure !== undefined && (
          <div className="notice notice-warning" role="alert">
            <span>
              {failure} {usage !== undefined && "The numbers below are the last ones that arrived."}
            </span>
            <button type="button" className="button-quiet" onClick={refresh}>
              Try again
            </button>
          </div>
        )}
        {usage === undefined && failure === undefined && <OverviewSkeleton />}
        {usage?.everUsed === false && <FirstSteps />}
        {usage?.everUsed && (
          <>
            <div className="title-row">
              <Headline usage={usage} />
              <RangePicker view={view} ranges={usage.ranges} onChange={show} />
            </div>
            <div className={isLoading && usage.range !== view.range ? "stale" : undefined}>
              <StatCards usage={usage} />
              <CallsPanel usage={usage} view={view} onChange={show} />
              <div className="two-panels">
                <ToolsPanel usage={usage} />
                <FailuresPanel usage={usage} />
              </div>
            </div>
            <PageFooter usage={usage} view={view} onChange={show} />
          </>
        )}
      </main>
    </>
  );
}
