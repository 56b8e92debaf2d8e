import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SDK } from "../../src/sdk-software.ts";
import { installPacked, type Packed } from "../support/packed.ts";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(packageFolder, "node_modules/.bin/tsc");
let packed: Packed;

beforeAll(async () => {
  packed = await installPacked();
}, 60_000);
afterAll(() => packed.remove());

test("what is published is the built files and nothing else", () => {
  expect(packed.files).toEqual([
    "LICENSE",
    "README.md",
    "dist/bin.js",
    "dist/index.cjs",
    "dist/index.d.cts",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/testing.cjs",
    "dist/testing.d.cts",
    "dist/testing.d.ts",
    "dist/testing.js",
    "package.json",
  ]);
});

test("nothing of it runs when it is installed, and it can only be published with a statement of where it was built", async () => {
  const manifest = JSON.parse(await readFile(join(packed.folder, "node_modules", SDK.name, "package.json"), "utf8"));
  expect(Object.keys(manifest.scripts).sort()).toEqual(["build", "check", "test"]);
  expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies", "bundleDependencies"])
    expect(manifest).not.toHaveProperty(kind);
});

test("everything public says what it is", async () => {
  for (const file of ["index.d.ts", "testing.d.ts"]) {
    const lines = (await readFile(join(packageFolder, "dist", file), "utf8")).split("\n");
    const named = lines.flatMap((line, at) => (/^(export | {4}\w+\??[(:]| {4}readonly )/.test(line) ? [at] : []));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((at) => !lines[at - 1]?.endsWith("*/")).map((at) => lines[at])).toEqual([]);
  }
});

test("installing it brings no other package", async () => {
  const installed = await readdir(join(packed.folder, "node_modules"));
  expect(installed.filter((name) => !name.startsWith("."))).toEqual(["@org"]);
  expect(await readdir(join(packed.folder, "node_modules/@org"))).toEqual(["mcp-analytics-client"]);
});

test("publint and are-the-types-wrong find nothing", async () => {
  const { messages } = await publint({ pack: { tarball: packed.tarball.buffer } });
  expect(messages).toEqual([]);
  const result = await checkPackage(createPackageFromTarballData(packed.tarball));
  expect(result.types && "problems" in result ? result.problems : "no types").toEqual([]);
});

test("the bundle stays within 6 kB and needs nothing but Node", async () => {
  for (const file of ["index.js", "index.cjs"]) {
    const code = await readFile(join(packageFolder, "dist", file), "utf8");
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(6_000);
    const imported = [...code.matchAll(/(?:import|require)\(?\s*["']([^"']+)["']|from\s*["']([^"']+)["']/g)];
    for (const [, a, b] of imported) expect(a ?? b).toMatch(/^node:/);
  }
});

test("types mention no other package", async () => {
  for (const file of ["index.d.ts", "index.d.cts", "testing.d.ts", "testing.d.cts"]) {
    expect(await readFile(join(packageFolder, "dist", file), "utf8")).not.toMatch(
      /\bimport\b|typebox|mcp-analytics-schema/,
    );
  }
});

test("name and version on the wire are those of the package", async () => {
  const { name, version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  expect(SDK).toEqual({ name, version });
});

describe("in an empty project", () => {
  const USE = `
const analytics = createAnalytics({ env: {} });
const recorded = createTestAnalytics();
recorded.trackSuccess("tool");
trackEvent({ toolName: "a", success: true }); trackSuccess("a"); trackFailure("a", "TIMEOUT");
console.log(JSON.stringify([analytics.enabled, analytics.reason, recorded.events.length, typeof instrument, typeof noteError]));`;
  const EXPECTED = JSON.stringify([false, "no-key", 1, "function", "function"]);
  const NAMES = "createAnalytics, instrument, noteError, trackEvent, trackSuccess, trackFailure";

  test("it works as an ES module", async () => {
    await packed.write(
      "use.mjs",
      `import { ${NAMES} } from "@org/mcp-analytics-client";
import { createTestAnalytics } from "@org/mcp-analytics-client/testing";${USE}`,
    );
    expect(await packed.run(process.execPath, ["use.mjs"])).toEqual({ stdout: `${EXPECTED}\n`, stderr: "" });
  });

  test("it works as a CommonJS module", async () => {
    await packed.write(
      "use.cjs",
      `const { ${NAMES} } = require("@org/mcp-analytics-client");
const { createTestAnalytics } = require("@org/mcp-analytics-client/testing");${USE}`,
    );
    expect(await packed.run(process.execPath, ["use.cjs"])).toEqual({ stdout: `${EXPECTED}\n`, stderr: "" });
  });

  test("its command runs", async () => {
    const { stdout } = await packed.run(join(packed.folder, "node_modules/.bin/mcp-analytics"), ["--version"]);
    expect(stdout.trim()).toBe(SDK.version);
  });

  test.each([
    ["nodenext", "nodenext", "use.mts"],
    ["nodenext, CommonJS", "nodenext", "use.cts"],
    ["bundler", "esnext", "use.mts"],
  ])("types check under %s", async (name, module, file) => {
    await packed.write(
      file,
      `import { type Analytics, createAnalytics, instrument, trackFailure } from "@org/mcp-analytics-client";
import { createTestAnalytics } from "@org/mcp-analytics-client/testing";
const analytics: Analytics = createAnalytics({ errorTypes: ["MINE"], categorizeError: (error) => String(error) });
const server: { name: string } = instrument({ name: "server" }, analytics);
instrument(server, createTestAnalytics());
trackFailure("tool", "TIMEOUT");
// @ts-expect-error the author cannot turn it on
createAnalytics({ enabled: true });
export const done: Promise<void> = analytics.flush({ deadlineMs: 100 });
`,
    );
    const moduleResolution = name === "bundler" ? "bundler" : "nodenext";
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2022",
      lib: ["es2022"],
      types: [],
      strict: true,
      noEmit: true,
    };
    const options = { ...compilerOptions, exactOptionalPropertyTypes: true };
    await packed.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: [file] }));
    const { stdout } = await packed.run(tsc, ["-p", "tsconfig.json"]).catch((error) => error);
    expect(stdout).toBe("");
  });
});
