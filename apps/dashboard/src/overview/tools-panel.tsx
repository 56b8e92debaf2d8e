import { useMemo, useState } from "react";
import type { ToolUsage, Usage } from "../api/usage.ts";
import { callsOf } from "../chart/plot.ts";
import { formatShare, formatWhole, successRate } from "../format/number.ts";
import { formatAgo, formatInstant } from "../format/time.ts";
import { ShowMore } from "../parts/show-more.tsx";
import { ToolName } from "./tool-name.tsx";

type Column = "calls" | "rate" | "lastUsed";

const ORDERS: Record<Column, (a: ToolUsage, b: ToolUsage) => number> = {
  calls: (a, b) => callsOf(b) - callsOf(a),
  rate: (a, b) => (successRate(a) ?? 1) - (successRate(b) ?? 1) || callsOf(b) - callsOf(a),
  lastUsed: (a, b) => b.lastUsedAt - a.lastUsedAt,
};

const HEADS: readonly { column: Column; label: string; direction: "ascending" | "descending" }[] = [
  { column: "calls", label: "Calls", direction: "descending" },
  { column: "rate", label: "Success rate", direction: "ascending" },
  { column: "lastUsed", label: "Last used", direction: "descending" },
];

function ToolRow({ tool, most, usage }: { tool: ToolUsage; most: number; usage: Usage }) {
  const rate = successRate(tool) ?? 0;
  return (
    <tr>
      <th scope="row">
        <ToolName name={tool.name} />
        <span className="share-bar" aria-hidden="true">
          <i style={{ width: `${(callsOf(tool) / most) * 100}%` }} />
        </span>
      </th>
      <td className="number">{formatWhole(callsOf(tool))}</td>
      <td className="number rate" title={`${formatWhole(tool.failed)} of ${formatWhole(callsOf(tool))} failed`}>
        <span className="rate-bar" aria-hidden="true">
          <i style={{ width: `${rate * 100}%` }} />
        </span>
        <span className="rate-text">{formatShare(rate)}</span>
      </td>
      <td className="number muted last-used" title={formatInstant(tool.lastUsedAt, usage.timeZone)}>
        {formatAgo(tool.lastUsedAt, usage.now)}
      </td>
    </tr>
  );
}

/** Every tool that was called: how often, how well, when last. A column's head sorts by it. */
export function ToolsPanel({ usage }: { usage: Usage }) {
  const [column, setColumn] = useState<Column>("calls");
  const tools = useMemo(() => [...usage.tools].sort(ORDERS[column]), [usage.tools, column]);
  const most = Math.max(1, ...tools.map(callsOf));
  return (
    <section className="panel" aria-labelledby="tools-title">
      <div className="panel-head">
        <h2 id="tools-title">Tools</h2>
      </div>
      {tools.length === 0 ? (
        <p className="empty">No tool was called.</p>
      ) : (
        <ShowMore items={tools} atFirst={10} noun="tools">
          {(shown) => (
            <div className="scroll">
              <table className="tools">
                <thead>
                  <tr>
                    <th scope="col">Tool</th>
                    {HEADS.map((head) => (
                      <th
                        key={head.column}
                        scope="col"
                        className={head.column === "lastUsed" ? "number last-used" : "number"}
                        aria-sort={head.column === column ? head.direction : "none"}
                      >
                        <button type="button" className="button-sort" onClick={() => setColumn(head.column)}>
                          {head.label}
                        </button>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map((tool) => (
                    <ToolRow key={tool.name} tool={tool} most={most} usage={usage} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </ShowMore>
      )}
    </section>
  );
}
