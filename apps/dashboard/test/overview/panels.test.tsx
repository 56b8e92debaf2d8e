import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Usage } from "../../src/api/usage.ts";
import { SeriesTable } from "../../src/chart/series-table.tsx";
import { formatWhole } from "../../src/format/number.ts";
import { CallsPanel } from "../../src/overview/calls-panel.tsx";
import { FailuresPanel } from "../../src/overview/failures-panel.tsx";
import { Headline } from "../../src/overview/headline.tsx";
import { PageFooter } from "../../src/overview/page-footer.tsx";
import { RangePicker } from "../../src/overview/range-picker.tsx";
import { StatCards } from "../../src/overview/stat-cards.tsx";
import { ToolsPanel } from "../../src/overview/tools-panel.tsx";
import { textOf, usage } from "../usage-fixture.ts";

const none = { succeeded: 0, failed: 0, tools: 0 };
const unused: Usage = {
  ...usage,
  totals: none,
  comparison: { current: none, previous: none },
  series: usage.series.map((slot) => ({ ...slot, succeeded: 0, failed: 0 })),
  tools: [],
  errors: [],
};
const { succeeded, failed } = usage.totals;

describe("the first screen", () => {
  it("the cards show the totals of the answer", () => {
    const text = textOf(renderToStaticMarkup(<StatCards usage={usage} />));
    expect(text).toContain(`Tool calls ${formatWhole(succeeded + failed)}`);
    expect(text).toContain(`Failed calls ${formatWhole(failed)}`);
    expect(text).toContain(`Tools used ${usage.totals.tools}`);
  });

  it("without calls there is no rate and no change, and nothing reads NaN", () => {
    const text = textOf(renderToStaticMarkup(<StatCards usage={unused} />));
    expect(text).toContain("Success rate –");
    expect(text).toContain("No calls in the previous 7 days");
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("where the period before is not kept there is no change, no column for it and no longer range to choose", () => {
    const short: Usage = { ...usage, ranges: ["24h", "7d"], comparison: null, previousSeries: [], rawRetentionDays: 9 };
    const view = { range: "7d", interval: "day", timeZone: "UTC" } as const;
    const cards = renderToStaticMarkup(<StatCards usage={short} />);
    expect(cards).not.toMatch(/change|previous/);
    expect(textOf(cards)).toContain(`Tool calls ${formatWhole(succeeded + failed)}`);
    expect(textOf(renderToStaticMarkup(<SeriesTable usage={short} />))).not.toContain("Period before");
    expect(textOf(renderToStaticMarkup(<CallsPanel usage={short} view={view} onChange={() => {}} />))).not.toMatch(
      /previous/i,
    );
    const picker = <RangePicker view={view} ranges={short.ranges} onChange={() => {}} />;
    expect(textOf(renderToStaticMarkup(picker))).toBe("Time range 24 h 7 d");
    const footer = <PageFooter usage={short} view={view} onChange={() => {}} />;
    expect(textOf(renderToStaticMarkup(footer))).toContain("Events are kept for 9 days.");
  });

  it("failures after none at all are a change for the worse, not a blank", () => {
    const comparison = {
      current: { succeeded: 9, failed: 3, tools: 1 },
      previous: { succeeded: 10, failed: 0, tools: 1 },
    };
    const markup = renderToStaticMarkup(<StatCards usage={{ ...usage, comparison }} />);
    expect(textOf(markup)).toMatch(/Failed calls \d+ ↑ up 3 vs/);
    expect(markup).toContain("change-size bad");
  });

  it("every tool has a row with its calls", () => {
    const text = textOf(renderToStaticMarkup(<ToolsPanel usage={usage} />));
    for (const tool of usage.tools.filter(({ name }) => !name.startsWith("__"))) {
      expect(text).toContain(`${tool.name} ${formatWhole(tool.succeeded + tool.failed)}`);
    }
  });

  it("names that stand for several tools are put into words", () => {
    const tools = [{ name: "__other__", succeeded: 1, failed: 0, lastUsedAt: usage.now }];
    const text = textOf(renderToStaticMarkup(<ToolsPanel usage={{ ...usage, tools }} />));
    expect(text).toContain("Other tools");
    expect(text).not.toContain("__other__");
  });

  it("a long list is cut, and says how long it is", () => {
    const tools = Array.from({ length: 30 }, (_, i) => ({
      name: `tool_${i}`,
      succeeded: 30 - i,
      failed: 0,
      lastUsedAt: 1,
    }));
    const text = textOf(renderToStaticMarkup(<ToolsPanel usage={{ ...usage, tools }} />));
    expect(text).toContain("tool_9");
    expect(text).not.toContain("tool_10");
    expect(text).toContain("Show all 30 tools");
  });

  it("names from outside stay text", () => {
    const tools = [{ name: "<img src=x onerror=alert(1)>", succeeded: 1, failed: 0, lastUsedAt: 1 }];
    expect(renderToStaticMarkup(<ToolsPanel usage={{ ...usage, tools }} />)).not.toContain("<img");
  });

  it("failures come with their meaning and place; one without a type says so", () => {
    const errors = [
      {
        errorType: "TIMEOUT",
        calls: 3,
        tools: [
          { name: "get_alerts", calls: 2 },
          { name: "get_forecast", calls: 1 },
        ],
      },
      { errorType: null, calls: 1, tools: [{ name: "get_alerts", calls: 1 }] },
    ];
    const panel = <FailuresPanel usage={{ ...usage, errors, totals: { succeeded: 0, failed: 4, tools: 2 } }} />;
    const text = textOf(renderToStaticMarkup(panel));
    expect(text).toContain("TIMEOUT 3 75.0% Took too long · mostly in get_alerts");
    expect(text).toContain("No type 1 25.0% Failed without saying why · only in get_alerts");
  });

  it("the table under the chart holds every interval, newest first, and marks the unfinished one", () => {
    const text = textOf(renderToStaticMarkup(<SeriesTable usage={usage} />));
    const rows = [...text.matchAll(/\w+day \d+ March/g)].map(([row]) => row);
    expect(rows).toEqual([...usage.series.keys()].map((i) => `${weekday(i)} ${31 - i} March`));
    expect(text).toContain("Tuesday 31 March so far");
  });

  it("the headline is one plain sentence for many calls, for one and for none", () => {
    const title = (totals: Usage["totals"]) =>
      /<h1>(.*)<\/h1>/.exec(renderToStaticMarkup(<Headline usage={{ ...usage, totals }} />))?.[1];
    expect(title({ succeeded: 97, failed: 3, tools: 2 })).toBe("100 calls in the last 7 days, 97.0% of them worked");
    expect(title({ succeeded: 2, failed: 0, tools: 1 })).toBe("2 calls in the last 7 days, all of them worked");
    expect(title({ succeeded: 0, failed: 2, tools: 1 })).toBe("2 calls in the last 7 days, none of them worked");
    expect(title({ succeeded: 1, failed: 0, tools: 1 })).toBe("1 call in the last 7 days, it worked");
    expect(title(none)).toBe("No calls in the last 7 days");
  });
});

function weekday(daysBack: number): string {
  return ["Tuesday", "Monday", "Sunday", "Saturday", "Friday", "Thursday", "Wednesday"][daysBack] ?? "";
}
