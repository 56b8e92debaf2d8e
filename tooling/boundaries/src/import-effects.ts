import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isEntryPoint, type Violation } from "./rules.ts";
import type { SourceFile } from "./source-files.ts";

const IMPORTER = fileURLToPath(new URL("./import-each.ts", import.meta.url));
const DEADLINE_MS = 120_000;

/** Library modules of the servers: importing one must do nothing. Entry points and workers are started, not imported. */
export function importableModules(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => file.path)
    .filter((path) => /^apps\/(collector|weather-mcp)\/src\/.+\.ts$/.test(path))
    .filter((path) => !isEntryPoint(path) && !path.endsWith(".d.ts"));
}

/** Imports every module in one child process and reports each that opens a handle, prints, or cannot be imported. */
export async function importEffects(root: string, paths: readonly string[]): Promise<Violation[]> {
  if (paths.length === 0) return [];
  const child = spawn(process.execPath, ["--no-warnings", IMPORTER], { stdio: ["pipe", "pipe", "pipe"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  child.stdin.end(JSON.stringify(paths.map((path) => ({ path, file: join(root, path) }))));
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(deadline);
  try {
    return (JSON.parse(output) as { path: string; message: string }[]).map((found) => ({
      ...found,
      rule: "import-effect",
    }));
  } catch {
    const message = `importing the modules ended the process: ${(errors || output).slice(-400)}`;
    return [{ path: "apps", rule: "import-effect", message }];
  }
}
