import { findProgram, isExecutable } from "./find-program.ts";
import { installAdvice, installProgram } from "./install-programs.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];
const MAC_APPS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Arguments for a browser that works as root, without a GPU, and opens no connection of its own. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Path of a Chromium: CHROMIUM_PATH, else one found on the machine, else one installed with apt or Homebrew.
 * Rejects with what to install when none can be had.
 */
export async function findChromium(): Promise<string> {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined && given !== "") {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH is not a program: ${given}`);
    return given;
  }
  const found = installedChromium();
  if (found !== undefined) return found;
  if (await installProgram("chromium")) {
    const installed = installedChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(`No Chromium: ${installAdvice("chromium")}.`);
}

function installedChromium(): string | undefined {
  for (const name of NAMES) {
    const path = findProgram(name);
    if (path !== undefined) return path;
  }
  return MAC_APPS.find(isExecutable);
}
