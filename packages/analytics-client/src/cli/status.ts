import type { Config } from "../config/config.ts";
import { REASONS } from "./reasons.ts";

/** What `mcp-analytics status` prints. Keys show their first eight and last four characters only. */
export function describeStatus({ reason, level, url, apiKey, signingSecret }: Config): string {
  const lines = [`Analytics is ${REASONS[reason]}`];
  if (reason === "on" || reason === "debug") {
    lines.push(
      `  level     ${level}${level === "minimal" ? " (ANALYTICS_LEVEL=standard would add durations, server and client)" : ""}`,
      `  collector ${url?.origin}`,
      `  key       ${apiKey?.slice(0, 8)}...${apiKey?.slice(-4)}`,
      `  signed    ${signingSecret ? "yes" : "no (ANALYTICS_SIGNING_SECRET is not set)"}`,
    );
  }
  return lines.join("\n");
}
