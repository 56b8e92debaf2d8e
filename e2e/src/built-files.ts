import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

function built(path: string): string {
  const file = fileURLToPath(new URL(`../../apps/${path}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`apps/${path} is not built: run \`pnpm build\` first.`);
  return file;
}

/** The programs under test, as they are shipped. */
export const collectorCli = (): string => built("collector/dist/cli.js");
export const weatherCli = (): string => built("weather-mcp/dist/cli.js");
