import { ERROR_TYPE_PATTERN, OTHER_NAME, TOOL_PATTERN } from "@org/mcp-analytics-schema/constants";
import { FIRST_PROJECT_ID } from "./accounts/first-project.ts";
import { type Folder, withStorage } from "./commands.ts";
import { StartError } from "./start-error.ts";
import { NAME_CAPS } from "./storage/dictionary.ts";
import type { NameTable } from "./storage/name-store.ts";

/** Commands about the names of tools and error types. Each resolves with what is to be printed. */
export const NAME_KINDS = ["tool", "error-type"] as const;
export type NameKind = (typeof NAME_KINDS)[number];

const TABLES: Readonly<Record<NameKind, NameTable>> = { tool: "tools", "error-type": "error_types" };
const PATTERNS: Readonly<Record<NameKind, RegExp>> = {
  tool: new RegExp(TOOL_PATTERN),
  "error-type": new RegExp(ERROR_TYPE_PATTERN),
};
const IN_FORCE = "Running collectors go by it within a minute.";

export function declareNames(kind: NameKind, names: readonly string[], options: Folder): Promise<string> {
  const bad = names.find((name) => !PATTERNS[kind].test(name) || name === OTHER_NAME);
  if (bad !== undefined) throw new StartError(`No ${kind} can have the name ${JSON.stringify(bad)}`);
  return withStorage(options, async ({ storage }) => {
    const table = TABLES[kind];
    const cap = NAME_CAPS[table];
    if (!(await storage.nameRuleStore.declare(FIRST_PROJECT_ID, table, names, cap)))
      throw new StartError(`A project can declare ${cap} names of this kind, and these would be more`);
    return `Declared: ${names.join(", ")}. ${IN_FORCE}`;
  });
}

export function setLearning(learns: boolean, options: Folder): Promise<string> {
  return withStorage(options, async ({ storage }) => {
    await storage.nameRuleStore.setLearning(FIRST_PROJECT_ID, learns);
    const what = learns
      ? "Names that nobody has declared are learned"
      : `Only declared names are kept, others count as ${OTHER_NAME}`;
    return `${what}. ${IN_FORCE}`;
  });
}

export function listNames(options: Folder & { json?: boolean }): Promise<string> {
  return withStorage(options, async ({ storage }) => {
    const { nameRuleStore } = storage;
    const learning = await nameRuleStore.isLearning(FIRST_PROJECT_ID);
    const names = [];
    for (const kind of NAME_KINDS) {
      for (const { name, state } of await nameRuleStore.list(FIRST_PROJECT_ID, TABLES[kind]))
        names.push({ kind, name, state });
    }
    if (options.json === true) return JSON.stringify({ learning, names });
    const lines = names.map(({ kind, name, state }) => `${kind.padEnd(12)}${state.padEnd(13)}${name}`);
    return [`Learning is ${learning ? "on" : "off"}.`, ...lines].join("\n");
  });
}
