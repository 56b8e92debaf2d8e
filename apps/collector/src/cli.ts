#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { TIERS } from "@org/mcp-analytics-schema/constants";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { ApiKeyChoiceError } from "./accounts/api-keys.ts";
import { createKey, listKeys, makeAdminLink, migrate, revokeKey, setDayLimit, setTier } from "./commands.ts";
import { ConfigError, type ConfigOverrides } from "./config.ts";
import { DataFolderError } from "./embedded/data-folder-error.ts";
import { declareNames, listNames, NAME_KINDS, type NameKind, setLearning } from "./name-commands.ts";
import { StartError } from "./start-error.ts";
import { databaseProblem } from "./storage/database-problem.ts";
import { MasterSecretError, MigrationError, StorageUnavailableError } from "./storage/errors.ts";
import { refuseUnknownCommand } from "./unknown-command.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("It must be from 0 to 65535.");
  return Number(text);
}

function dayLimit(text: string): number | null {
  if (text === "tier") return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1, or `tier`.");
  return Number(text);
}

const tier = () => new Option("--tier <tier>", "limits of the key").choices(Object.keys(TIERS)).default("free");
const dataDir = () => new Option("--data-dir <folder>", "folder of the embedded database (DATA_DIR, ./.data)");
const json = () => new Option("--json", "print JSON");

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const program = new Command("collector")
  .description("Collects opt-in usage analytics of MCP servers. Settings come from the environment: see .env.example.")
  .version(version)
  .showHelpAfterError("(--help shows what there is)");

program
  .command("serve", { isDefault: true })
  .description("run the collector until a signal ends it")
  .addOption(new Option("--port <port>", "port to listen on (PORT, 3000)").argParser(port))
  .addOption(dataDir())
  .action(async (options: ConfigOverrides) => {
    // The other commands need no HTTP server, and start twice as fast without loading one.
    const { runCollector } = await import("./serve.ts");
    await runCollector(options);
  });

program
  .command("migrate")
  .description("bring the tables up to date, as serve does when it starts")
  .addOption(dataDir())
  .action(async (options: ConfigOverrides) => print(await migrate(options)));

const keys = program.command("keys").description("make, list and revoke API keys");
keys
  .command("create")
  .description("make a key; it is shown once")
  .option("--name <name>", "for people", "default")
  .addOption(tier())
  .option("--require-signature", "refuse requests that are not signed", false)
  .addOption(json())
  .addOption(dataDir())
  .action(async (options) => print(await createKey(options)));
keys
  .command("list")
  .description("list keys, oldest first")
  .addOption(json())
  .addOption(dataDir())
  .action(async (options) => print(await listKeys(options)));
keys
  .command("revoke <id|last4>")
  .description("disable a key for good")
  .addOption(dataDir())
  .action(async (which, options) => print(await revokeKey(which, options)));
keys
  .command("set-tier <id|last4>")
  .description("change the limits of a key")
  .addOption(tier().makeOptionMandatory())
  .addOption(dataDir())
  .action(async (which, options) => print(await setTier(which, options)));

keys
  .command("set-day-limit <id|last4>")
  .description("change how many requests a day a key may send")
  .addArgument(new Argument("<requests>", "a number, or `tier` for what its tier says").argParser(dayLimit))
  .addOption(dataDir())
  .action(async (which, requests: number | null, options) => print(await setDayLimit(which, requests, options)));

const names = program.command("names").description("declare which tools and error types a project has");
names
  .command("declare")
  .description("let names in for good, whatever else is sent")
  .addArgument(new Argument("<kind>").choices(NAME_KINDS))
  .argument("<name...>")
  .addOption(dataDir())
  .action(async (kind: NameKind, words: string[], options) => print(await declareNames(kind, words, options)));
names
  .command("learning")
  .description("whether names that nobody has declared are learned (on, as it is at first) or count as __other__ (off)")
  .addArgument(new Argument("<on|off>").choices(["on", "off"]))
  .addOption(dataDir())
  .action(async (word: string, options) => print(await setLearning(word === "on", options)));
names
  .command("list")
  .description("list names, and how they came in")
  .addOption(json())
  .addOption(dataDir())
  .action(async (options) => print(await listNames(options)));

program
  .command("admin-link")
  .description("make a link that signs in to the dashboard once")
  .option("--url <url>", "address of the dashboard (PUBLIC_URL, else where the collector listens)")
  .addOption(dataDir())
  .action(async (options) => print(await makeAdminLink(options)));

const EXPECTED = [ConfigError, DataFolderError, StartError, ApiKeyChoiceError, MasterSecretError, MigrationError];

refuseUnknownCommand(program, process.argv.slice(2));
for (const group of [keys, names]) {
  group.on("command:*", (words: string[]) => refuseUnknownCommand(group, words));
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`collector: ${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (EXPECTED.some((type) => error instanceof type)) return (error as Error).message;
  if (error instanceof StorageUnavailableError) return databaseProblem(error);
  return error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
}
