import type { Usage } from "../api/usage.ts";
import { callsOf } from "../chart/plot.ts";
import { formatShare, formatWhole, successRate } from "../format/number.ts";
import { rangeInWords } from "./range-words.ts";

function inWords({ totals, range, tools }: Usage): string {
  const calls = callsOf(totals);
  if (calls === 0) return `No calls in ${rangeInWords(range)}.`;
  const busiest = tools[0];
  const all = totals.failed === 0 ? "All of them worked" : `${formatShare(successRate(totals))} of them worked`;
  const most = busiest === undefined || tools.length === 1 ? "" : `, most of all ${busiest.name}`;
  return `${formatWhole(calls)} ${calls === 1 ? "call" : "calls"} in ${rangeInWords(range)}${most}. ${all}.`;
}

/** The whole page in a sentence or two. */
export function Headline({ usage }: { usage: Usage }) {
  return (
    <div className="headline">
      <h1>Usage</h1>
      <p>{inWords(usage)}</p>
    </div>
  );
}
