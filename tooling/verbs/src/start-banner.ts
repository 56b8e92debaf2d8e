import { claudeCommand, mcpServersJson } from "./claude-configuration.ts";

export interface Started {
  readonly url: string;
  readonly adminLink: string;
  /** only on the first start */
  readonly firstKey?: { readonly key: string; readonly signingSecret: string };
  readonly weatherCli: string;
}

const KEYS_COMMAND = "npx -y pnpm@12 exec node apps/collector/dist/cli.js keys create";

/** What a person sees once the collector runs: where to look, and how to connect a first MCP server. */
export function startBanner({ url, adminLink, firstKey, weatherCli }: Started): string {
  const parts = [
    `\nThe collector runs at ${url}\n`,
    "Dashboard (this link signs one browser in, once, within 24 hours):",
    `  ${adminLink}\n`,
  ];
  if (firstKey === undefined) {
    parts.push("API keys were made before; they are shown only once. For another one:", `  ${KEYS_COMMAND}\n`);
  } else {
    const weather = { weatherCli, apiKey: firstKey.key, endpoint: `${url}/v1/events` };
    parts.push(
      "Your first API key, shown only this once:",
      `  API key         ${firstKey.key}`,
      `  Signing secret  ${firstKey.signingSecret}  (optional: ANALYTICS_SIGNING_SECRET)\n`,
      "Connect the weather server to Claude Code:",
      `  ${claudeCommand(weather)}\n`,
      "The same as JSON, for any MCP client:",
      `${indented(mcpServersJson(weather))}\n`,
    );
  }
  parts.push("Ctrl-C ends it.");
  return parts.join("\n");
}

const indented = (text: string) => text.replace(/^/gm, "  ");
