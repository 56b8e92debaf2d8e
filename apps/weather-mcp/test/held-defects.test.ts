import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const rows = [...read("./held-defects.md").matchAll(/^\| (?!Defect \|)(.+?) \| (\S+) \| (.+?) \|$/gm)].map(
  ([, defect = "", file = "", words = ""]) => [defect, file, words] as const,
);

/** What a file calls its tests, skipped ones left out. */
function titlesOf(file: string): string[] {
  const source = read(`./${file}`);
  const titles = source.matchAll(/\b(?:test|describe)(?:\.each\([\s\S]*?\))?\(\s*(["'`])((?:(?!\1).|\\\1)*)\1/g);
  return [...titles].map(([, , title = ""]) => title);
}

test("every row of the table is read", () => {
  const lines = read("./held-defects.md")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  expect(rows).toHaveLength(lines.length - 1);
});

test.each(rows)("%s: held by a test of %s", (_defect, file, words) => {
  expect(titlesOf(file).filter((title) => title.includes(words))).not.toEqual([]);
});
