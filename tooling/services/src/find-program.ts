import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Folders outside PATH where package managers put servers: Debian's versioned PostgreSQL, newest first, and Homebrew. */
function extraFolders(): string[] {
  const debian = "/usr/lib/postgresql";
  const versions = namesIn(debian).sort((a, b) => Number(b) - Number(a));
  const brewed = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"].flatMap((prefix) => [
    join(prefix, "bin"),
    ...namesIn(join(prefix, "opt"))
      .filter((name) => name.startsWith("postgresql"))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((name) => join(prefix, "opt", name, "bin")),
  ]);
  return [...versions.map((version) => join(debian, version, "bin")), ...brewed, "/usr/bin", "/usr/sbin"];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Absolute path of a program on PATH or in the usual folders of servers; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...extraFolders()];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}
