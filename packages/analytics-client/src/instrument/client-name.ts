import { CLIENT_NAMES, type ClientName } from "@org/mcp-analytics-schema/constants";

/** The name on the closed list that stands in what a client calls itself; everything else is `other`. */
export function clientName(reported: unknown): ClientName | undefined {
  if (!reported) return undefined;
  const words = String(reported)
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^claude-ai/, "claude-desktop")
    .replace(/^visual-studio-code/, "vscode");
  return CLIENT_NAMES.find((known) => `-${words}-`.includes(`-${known}-`)) ?? "other";
}
