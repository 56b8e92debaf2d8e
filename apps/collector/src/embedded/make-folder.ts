import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./sync-to-disk.ts";

/**
 * Makes a folder that only this user may enter, and what is missing above it, on the disk as well. One that is there stays as it is.
 * (`recursive` of Node never ends where the parent exists and refuses with ENOENT, as /proc does.)
 *
 * @param path absolute
 */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || isFolder(dirname(path))) throw error;
    makeFolder(dirname(path));
    make(path);
  }
}

function make(path: string): void {
  mkdirSync(path, 0o700);
  syncFolder(dirname(path));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
