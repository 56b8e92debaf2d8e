import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BEGIN = "<!-- disclosure: written by `pnpm readme`, from the analytics client -->";
const END = "<!-- /disclosure -->";

/** What the analytics client discloses, as it prints it itself. */
export function disclosure(): string {
  const bin = fileURLToPath(new URL("./bin.js", import.meta.resolve("@org/mcp-analytics-client")));
  return execFileSync(process.execPath, [bin, "disclosure"], { encoding: "utf8" }).trim();
}

/** A README with its disclosure as it should be. Throws when the section is not marked. */
export function withDisclosure(readme: string, section: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("the README has no place for the disclosure");
  return `${readme.slice(0, begin + BEGIN.length)}\n${section}\n${readme.slice(end)}`;
}
