import { fileURLToPath } from "node:url";
import { importableModules, importEffects } from "./import-effects.ts";
import { RULES } from "./rules.ts";
import { sourceFiles } from "./source-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const files = sourceFiles(root);
const violations = [
  ...files.flatMap((file) => RULES.flatMap((rule) => rule(file))),
  ...(await importEffects(root, importableModules(files))),
];
for (const { path, rule, message } of violations) console.error(`${path}: ${rule}: ${message}`);
console.log(`boundaries: ${files.length} files, ${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
