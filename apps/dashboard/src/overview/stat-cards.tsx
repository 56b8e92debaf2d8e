import type { ReactNode } from "react";
import type { Usage } from "../api/usage.ts";
import { callsOf } from "../chart/plot.ts";
import {
  type Change,
  countChange,
  differenceChange,
  formatCount,
  formatShare,
  formatWhole,
  shareChange,
  successRate,
} from "../format/number.ts";
import { previousInWords } from "./range-words.ts";

/** Which direction is good news; more calls are neither. */
type Wish = "up" | "down" | "none";

const ARROWS = { up: "↑", down: "↓", same: "→" } as const;
const WORDS = { up: "up", down: "down", same: "unchanged," } as const;

function ChangeLine({
  change,
  wish,
  usage,
  before,
}: {
  change: Change | undefined;
  wish: Wish;
  usage: Usage;
  before: string;
}) {
  if (change === undefined) return <p className="change">No calls in the {previousInWords(usage.range)}</p>;
  const mood = change.direction === "same" || wish === "none" ? "" : change.direction === wish ? " good" : " bad";
  const unfinished = usage.interval === "day" ? "today" : "this hour";
  return (
    <p className="change" title={`${before} then. Without ${unfinished}, which is not over yet.`}>
      <span className={`change-size${mood}`}>
        <span aria-hidden="true">{ARROWS[change.direction]}</span>
        <span className="visually-hidden">{WORDS[change.direction]}</span> {change.size}
      </span>{" "}
      vs {previousInWords(usage.range)}
    </p>
  );
}

function Card({
  label,
  value,
  exact,
  children,
}: {
  label: string;
  value: string;
  exact?: string;
  children: ReactNode;
}) {
  return (
    <div className="card">
      <h2>{label}</h2>
      <p className="value" title={exact}>
        {value}
      </p>
      {children}
    </div>
  );
}

/** The four numbers that say whether it is used and whether it works. */
export function StatCards({ usage }: { usage: Usage }) {
  const { totals } = usage;
  const { current, previous } = usage.comparison;
  const hadCalls = callsOf(previous) > 0;
  const failedChange = hadCalls
    ? (countChange(current.failed, previous.failed) ?? differenceChange(current.failed, 0))
    : undefined;
  const toolsChange = hadCalls ? differenceChange(current.tools, previous.tools) : undefined;
  return (
    <section className="cards" aria-label="Totals">
      <Card label="Tool calls" value={formatCount(callsOf(totals))} exact={formatWhole(callsOf(totals))}>
        <ChangeLine
          change={countChange(callsOf(current), callsOf(previous))}
          wish="none"
          usage={usage}
          before={`${formatWhole(callsOf(previous))} calls`}
        />
      </Card>
      <Card label="Success rate" value={formatShare(successRate(totals))}>
        <ChangeLine
          change={shareChange(successRate(current), successRate(previous))}
          wish="up"
          usage={usage}
          before={formatShare(successRate(previous))}
        />
      </Card>
      <Card label="Failed calls" value={formatCount(totals.failed)} exact={formatWhole(totals.failed)}>
        <ChangeLine change={failedChange} wish="down" usage={usage} before={`${formatWhole(previous.failed)} failed`} />
      </Card>
      <Card label="Tools used" value={formatCount(totals.tools)}>
        <ChangeLine change={toolsChange} wish="none" usage={usage} before={`${formatWhole(previous.tools)} tools`} />
      </Card>
    </section>
  );
}
