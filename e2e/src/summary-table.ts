import type { DemoResult } from "./run-demo.ts";

/** The result of a demo as lines of text for a person. */
export function summaryTable({ result, byTool }: { result: DemoResult; byTool: Record<string, number> }): string {
  const rows: [string, number][] = [
    ["tool calls made", result.toolCalls],
    ["events stored", result.stored],
    ["  succeeded", result.succeeded],
    ["  failed", result.failed],
    ...sorted(result.byErrorType).map(([name, count]): [string, number] => [`    ${name}`, count]),
    ["by tool", result.stored],
    ...sorted(byTool).map(([name, count]): [string, number] => [`  ${name}`, count]),
  ];
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const countWidth = Math.max(...rows.map(([, count]) => String(count).length));
  return rows
    .map(([name, count]) => `${name.padEnd(nameWidth + 2, " ")}${String(count).padStart(countWidth)}`)
    .join("\n");
}

function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en"));
}
