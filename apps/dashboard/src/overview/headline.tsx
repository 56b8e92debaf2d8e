import type { Calls, ToolUsage, Usage } from "../api/usage.ts";
import { callsOf } from "../chart/plot.ts";
import { formatShare, formatWhole, successRate } from "../format/number.ts";
import { rangeInWords } from "./range-words.ts";
import { isOneTool, ToolName } from "./tool-name.tsx";

/** Fewer calls than this say nothing about how often a tool fails. */
const LEAST_CALLS = 20;
/** A tool that fails less often than this is not worth a headline. */
const NOTABLE_FAILURE_RATE = 0.05;

function failureRate(tool: ToolUsage): number {
  return 1 - (successRate(tool) ?? 1);
}

function outcomeInWords({ succeeded, failed }: Calls): string {
  if (succeeded + failed === 1) return failed === 0 ? "it worked" : "it failed";
  if (failed === 0) return "all of them worked";
  return succeeded === 0 ? "none of them worked" : `${formatShare(successRate({ succeeded, failed }))} of them worked`;
}

function title({ totals, range }: Usage): string {
  const calls = callsOf(totals);
  const when = rangeInWords(range);
  if (calls === 0) return `No calls in ${when}`;
  return `${formatWhole(calls)} ${calls === 1 ? "call" : "calls"} in ${when}, ${outcomeInWords(totals)}`;
}

/** The whole page in two sentences: how much, how well, and which tools to look at. */
export function Headline({ usage }: { usage: Usage }) {
  const named = usage.tools.filter(({ name }) => isOneTool(name));
  const busiest = named[0];
  const worst = named
    .filter((tool) => callsOf(tool) >= LEAST_CALLS && failureRate(tool) >= NOTABLE_FAILURE_RATE)
    .reduce<ToolUsage | undefined>((a, b) => (a === undefined || failureRate(b) > failureRate(a) ? b : a), undefined);
  return (
    <div className="headline">
      <h1>{title(usage)}</h1>
      <p>
        {busiest === undefined ? (
          "Nothing has arrived in this time. A longer range may show more."
        ) : (
          <>
            Most used: <ToolName name={busiest.name} />.{" "}
          </>
        )}
        {worst !== undefined && (
          <>
            Fails most often: <ToolName name={worst.name} />, {formatShare(failureRate(worst))} of its calls.
          </>
        )}
      </p>
    </div>
  );
}
