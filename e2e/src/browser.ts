import { CHROMIUM_ARGUMENTS, findChromium } from "@org/services";
import { type Browser, chromium } from "playwright-core";

/** Starts the system's Chromium. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: [...CHROMIUM_ARGUMENTS] });
}
