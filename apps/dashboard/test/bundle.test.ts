import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const vite = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dashboard-build-"));
let files: Map<string, string>;

beforeAll(() => {
  // The build of a test run would else be React's development build.
  execFileSync(process.execPath, [vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"], {
    cwd: root,
    env: { NODE_ENV: "production" },
  });
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.\w+$/.test(path));
  files = new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (ending: string) => [...files].filter(([path]) => path.endsWith(ending)).map(([, text]) => text);

it("all scripts together stay under 150 kB on the wire", () => {
  const bytes = textOf(".js").reduce((sum, text) => sum + gzipSync(text).length, 0);
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(150_000);
});

it("nothing is loaded from elsewhere, and nothing stands inline, so the strict policy holds", () => {
  const [page = ""] = textOf(".html");
  expect(page).toContain('<div id="root">');
  expect(page).not.toMatch(/https?:\/\/|<style|style=|<script(?![^>]* src=)|\son\w+=/);
  for (const css of textOf(".css")) expect(css).not.toMatch(/url\(|@import/);
  for (const script of textOf(".js")) expect(script).not.toMatch(/\beval\(|new Function\(/);
});
