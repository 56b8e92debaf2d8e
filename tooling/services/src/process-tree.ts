import { readdirSync, readFileSync } from "node:fs";
import { runProgram } from "./run-program.ts";

/** A process and its children, parents first; nothing for a process that is not there. */
export async function processTree(root: number | undefined): Promise<number[]> {
  if (root === undefined) return [];
  const parents = await parentsOfAll();
  if (!parents.has(root)) return [];
  const tree = [root];
  for (const parent of tree) for (const [pid, ppid] of parents) if (ppid === parent) tree.push(pid);
  return tree;
}

/** The parent of each process of the machine. */
async function parentsOfAll(): Promise<Map<number, number>> {
  const fromProc = readProc();
  if (fromProc.size > 0) return fromProc;
  const { output } = await runProgram("ps", ["-A", "-o", "pid=,ppid="]);
  return new Map([...output.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, pid, ppid]) => [Number(pid), Number(ppid)]));
}

/** Slim images of Linux have no `ps`. */
function readProc(): Map<number, number> {
  const parents = new Map<number, number>();
  try {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        // The name of the program stands in parentheses and may hold anything.
        const parent = stat.slice(stat.lastIndexOf(")")).split(" ")[2];
        if (parent !== undefined) parents.set(Number(name), Number(parent));
      } catch {
        // It has ended since.
      }
    }
  } catch {
    // No such folder on this system.
  }
  return parents;
}
