export interface Planted {
  readonly path: string;
  readonly text: string;
  /** what must be reported for this file; empty for a file that keeps every rule */
  readonly rules: readonly string[];
}

const RESTRICTED = "lint/style/noRestrictedImports";
const use = (specifier: string) => `import { thing } from "${specifier}";\n\nexport const used = thing;\n`;
const planted = (path: string, text: string, ...rules: string[]): Planted => ({ path, text, rules });
const imports = (path: string, specifier: string, ...rules: string[]) => planted(path, use(specifier), ...rules);

/** One file for each way to break a boundary, and beside it one that may do the same thing. */
export const PLANTED: readonly Planted[] = [
  imports("packages/schema/src/imports-client.ts", "@org/mcp-analytics-client", RESTRICTED),
  imports("packages/schema/src/imports-node.ts", "node:fs", RESTRICTED),
  imports("packages/schema/src/imports-typebox.ts", "typebox"),
  imports("packages/analytics-client/src/imports-collector.ts", "@org/mcp-analytics-collector", RESTRICTED),
  imports("packages/analytics-client/src/imports-sdk.ts", "@modelcontextprotocol/sdk/server/mcp.js", RESTRICTED),
  imports("packages/analytics-client/src/imports-schema.ts", "@org/mcp-analytics-schema/constants"),
  imports("apps/weather-mcp/src/imports-collector.ts", "@org/mcp-analytics-collector", RESTRICTED),
  imports("apps/weather-mcp/src/imports-schema.ts", "@org/mcp-analytics-schema", RESTRICTED),
  imports("apps/weather-mcp/src/imports-client.ts", "@org/mcp-analytics-client"),
  imports("apps/collector/src/imports-weather.ts", "@org/weather-mcp", RESTRICTED),
  imports("apps/collector/src/imports-client.ts", "@org/mcp-analytics-client", RESTRICTED),
  imports("apps/collector/src/imports-schema.ts", "@org/mcp-analytics-schema"),
  imports("apps/collector/src/ingest/imports-drizzle.ts", "drizzle-orm/postgres-js", RESTRICTED),
  imports("apps/collector/src/query/imports-postgres.ts", "postgres", RESTRICTED),
  imports("apps/collector/src/limits/imports-drizzle.ts", "drizzle-orm", RESTRICTED),
  imports("apps/collector/src/limits/postgres-buckets.ts", "drizzle-orm"),
  imports("apps/collector/src/limits/imports-redis.ts", "ioredis"),
  imports("apps/collector/src/ingest/imports-redis.ts", "ioredis", RESTRICTED),
  imports("apps/collector/src/storage/imports-drizzle.ts", "drizzle-orm/postgres-js"),
  imports("apps/collector/src/storage/imports-fastify.ts", "fastify", RESTRICTED),
  imports("apps/collector/src/ingest/imports-pglite.ts", "@electric-sql/pglite", RESTRICTED),
  imports("apps/collector/src/embedded/imports-pglite.ts", "@electric-sql/pglite"),
  imports("apps/collector/src/embedded/imports-postgres.ts", "postgres", RESTRICTED),
  imports("apps/dashboard/src/imports-collector.ts", "@org/mcp-analytics-collector", RESTRICTED),
  imports("apps/dashboard/src/imports-node.ts", "node:fs", RESTRICTED),
  imports("apps/collector/src/undeclared.ts", "express", "lint/correctness/noUndeclaredDependencies"),
  imports("apps/collector/src/extensionless.ts", "./config", "lint/correctness/useImportExtensions"),
  imports("apps/weather-mcp/src/leaves-its-package.ts", "../../collector/src/config.ts", "import-scope"),

  planted("apps/collector/src/config.ts", "export const port = process.env.PORT;\nexport const thing = port;\n"),
  planted("apps/collector/src/reads-env.ts", "export const port = process.env.PORT;\n", "lint/style/noProcessEnv"),
  planted("apps/collector/src/default.ts", "export default function run() {}\n", "lint/style/noDefaultExport"),
  planted("apps/collector/src/prints.ts", 'console.log("x");\n', "lint/suspicious/noConsole", "import-effect"),
  planted("apps/collector/src/cli.ts", 'process.on("SIGTERM", () => process.exit(0));\nconsole.log("x");\n'),
  planted(
    "apps/collector/src/signals.ts",
    'export const hook = () => process.on("SIGTERM", () => {});\n',
    "process-use",
  ),
  planted("apps/collector/src/exits.ts", "export const end = () => process.exit(1);\n", "process-use"),
  planted(
    "apps/collector/src/kills.ts",
    'export const end = (pid: number) => process.kill(pid, "SIGTERM");\n',
    "process-use",
  ),
  planted("apps/collector/src/asks.ts", "export const isThere = (pid: number) => process.kill(pid, 0);\n"),
  planted("apps/collector/src/some-worker.ts", "export const end = () => process.exit(1);\n"),
  planted("apps/weather-mcp/src/prints.ts", 'export const say = () => process.stdout.write("x");\n', "stdout-use"),
  planted(
    "apps/collector/src/notPretty.ts",
    "export const a = 1;\n",
    "file-name",
    "lint/style/useFilenamingConvention",
  ),
  planted("apps/collector/src/string-utils.ts", "export const a = 1;\n", "file-name"),
  planted("apps/collector/test/unformatted.test.ts", "export const a = 'x'\n", "format"),
  planted("apps/collector/src/long.ts", `${"// a line\n".repeat(400)}export const a = 1;\n`, "file-size"),

  planted("apps/collector/src/opens-timer.ts", "export const timer = setInterval(() => {}, 1000);\n", "import-effect"),
  planted("apps/collector/src/opens-server.ts", serverSource(), "import-effect"),
  planted("apps/collector/src/throws.ts", 'throw new Error("no configuration");\n', "import-effect"),
  planted("apps/collector/src/only-defines.ts", "export const start = () => setInterval(() => {}, 1000);\n"),
];

function serverSource(): string {
  return 'import { createServer } from "node:net";\n\nexport const server = createServer().listen(0, "127.0.0.1");\n';
}
