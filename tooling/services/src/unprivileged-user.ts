import { readFileSync } from "node:fs";

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ["postgres", "nobody", "daemon"];

/**
 * The user to start a server as: PostgreSQL refuses to run as root. undefined when this process is not root.
 * Throws when root finds no other user to become.
 */
export function unprivilegedUser(passwd: string = readPasswd()): UnixUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const fields = passwd
      .split("\n")
      .map((line) => line.split(":"))
      .find((line) => line[0] === name);
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres, nobody or daemon to run it as.");
}

function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}
