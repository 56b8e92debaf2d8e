import { readFileSync } from "node:fs";
import type { Usage } from "../src/api/usage.ts";

/** An answer of the collector, written by its own tests: this is what goes over the wire. */
export const usage = JSON.parse(readFileSync(new URL("./fixtures/usage.json", import.meta.url), "utf8")) as Usage;

/** The text of some markup, its tags taken out. */
export function textOf(markup: string): string {
  return markup
    .replaceAll("<wbr/>", "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll(/\s+/g, " ")
    .trim();
}
