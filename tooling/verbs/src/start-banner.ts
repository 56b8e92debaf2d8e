import { claudeCommand, mcpServersJson, quoted } from "./claude-configuration.ts";

export interface Started {
  readonly url: string;
  readonly adminLink: string;
  /** only on the first start */
  readonly firstKey?: { readonly key: string; readonly signingSecret: string };
  readonly weatherCli: string;
  /** folder of the data where it is not the one that commands take by themselves */
  readonly dataDir?: string | undefined;
}

const KEYS_CREATE = "npx -y pnpm@12 exec node apps/collector/dist/cli.js keys create";
const KEY_PLACEHOLDER = "wmc_...";

/** What a person sees once the collector runs: where to look, and how to connect a first MCP server. */
export function startBanner({ url, adminLink, firstKey, weatherCli, dataDir }: Started): string {
  const parts = [
    `\nThe collector runs at ${url}\n`,
    "Dashboard (this link signs one browser in, once, within 24 hours):",
    `  ${adminLink}\n`,
  ];
  const keysCommand = dataDir === undefined ? KEYS_CREATE : `${KEYS_CREATE} --data-dir ${quoted(dataDir)}`;
  if (firstKey === undefined) {
    parts.push("API keys were made before; they are shown only once. For another one:", `  ${keysCommand}\n`);
  } else {
    parts.push(
      "Your first API key, shown only this once:",
      `  API key         ${firstKey.key}`,
      `  Signing secret  ${firstKey.signingSecret}  (optional: ANALYTICS_SIGNING_SECRET)\n`,
    );
  }
  const weather = { weatherCli, apiKey: firstKey?.key ?? KEY_PLACEHOLDER, endpoint: `${url}/v1/events` };
  parts.push(
    `Connect the weather server to Claude Code${firstKey === undefined ? `, with a key in place of ${KEY_PLACEHOLDER}` : ""}:`,
    `  ${claudeCommand(weather)}\n`,
    "The same as JSON, for any MCP client:",
    `${indented(mcpServersJson(weather))}\n`,
  );
  parts.push("Ctrl-C ends it.");
  return parts.join("\n");
}

const indented = (text: string) => text.replace(/^/gm, "  ");
