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

interface Changes {
  readonly calls: ReactNode;
  readonly rate: ReactNode;
  readonly failed: ReactNode;
  readonly tools: ReactNode;
}

/** How each number moved; undefined where the period before is not kept any more. */
function changesOf(usage: Usage): Changes | undefined {
  if (usage.comparison === null) return undefined;
  const { current, previous } = usage.comparison;
  const hadCalls = callsOf(previous) > 0;
  const failed = countChange(current.failed, previous.failed) ?? differenceChange(current.failed, 0);
  const line = (change: Change | undefined, wish: Wish, before: string) => (
    <ChangeLine change={hadCalls ? change : undefined} wish={wish} usage={usage} before={before} />
  );
  return {
    calls: line(countChange(callsOf(current), callsOf(previous)), "none", `${formatWhole(callsOf(previous))} calls`),
    rate: line(shareChange(successRate(current), successRate(previous)), "up", formatShare(successRate(previous))),
    failed: line(failed, "down", `${formatWhole(previous.failed)} failed`),
    tools: line(differenceChange(current.tools, previous.tools), "none", `${formatWhole(previous.tools)} tools`),
  };
}

/** The four numbers that say whether it is used and whether it works. */
export function StatCards({ usage }: { usage: Usage }) {
  const { totals } = usage;
  const changes = changesOf(usage);
  return (
    <section className="cards" aria-label="Totals">
      <Card label="Tool calls" value={formatCount(callsOf(totals))} exact={formatWhole(callsOf(totals))}>
        {changes?.calls}
      </Card>
      <Card label="Success rate" value={formatShare(successRate(totals))}>
        {changes?.rate}
      </Card>
      <Card label="Failed calls" value={formatCount(totals.failed)} exact={formatWhole(totals.failed)}>
        {changes?.failed}
      </Card>
      <Card label="Tools used" value={formatCount(totals.tools)}>
        {changes?.tools}
      </Card>
    </section>
  );
}
