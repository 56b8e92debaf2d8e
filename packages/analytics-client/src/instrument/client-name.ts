import { CLIENT_NAMES, type ClientName } from "@org/mcp-analytics-schema/constants";

/** Spellings that do not begin with the name on the list. */
const ALIASES: readonly (readonly [string, ClientName])[] = [
  ["claude-ai", "claude-desktop"],
  ["visual-studio-code", "vscode"],
  ["vs-code", "vscode"],
  ["github-copilot", "copilot"],
  ["mcp-inspector", "inspector"],
  ["intellij", "jetbrains"],
  ["roo-", "other"],
];

/** The name on the closed list for what a client calls itself; everything else is `other`. */
export function clientName(reported: unknown): ClientName | undefined {
  if (typeof reported !== "string" || reported === "") return undefined;
  const name = reported
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const alias = ALIASES.find(([prefix]) => name.startsWith(prefix));
  return alias?.[1] ?? CLIENT_NAMES.find((known) => name === known || name.startsWith(`${known}-`)) ?? "other";
}
