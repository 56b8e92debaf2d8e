import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { disclosure, withDisclosure } from "../scripts/disclosure-section.ts";
import { readConfig } from "../src/config.ts";
import { toolSet } from "../src/tools/tool-set.ts";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

describe("the README", () => {
  test("says of analytics what the analytics client says of itself", () => {
    const readme = read("README.md");
    expect(readme).toBe(withDisclosure(readme, disclosure()));
  });

  test("names every tool", () => {
    for (const { name } of toolSet({ toolSet: "all" })) expect(read("README.md")).toContain(`\`${name}\``);
  });
});

describe(".env.example", () => {
  const variables = Object.fromEntries(
    [...read(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

  test("lists every variable that is read, and no other", () => {
    const source = read("src/config.ts");
    const readHere = [...source.matchAll(/"((?:WEATHER|NOAA|OPEN_METEO)_[A-Z_]+)"/g)].map(([, name]) => name);
    const listed = Object.keys(variables).filter((name) => !name.startsWith("ANALYTICS_"));
    expect(listed.sort()).toEqual([...new Set(readHere)].sort());
  });

  test("holds the defaults", () => {
    expect(readConfig(variables)).toEqual(readConfig({}));
  });
});
