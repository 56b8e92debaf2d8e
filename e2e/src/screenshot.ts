/** Draws docs/dashboard.png and docs/dashboard-dark.png: the real page on sample data, in the system's Chromium. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "@org/services";
import { startBrowser } from "./browser.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const PICTURES = [
  { file: "docs/dashboard.png", colorScheme: "light" },
  { file: "docs/dashboard-dark.png", colorScheme: "dark" },
] as const;

if (process.argv.includes("--help")) {
  console.log("Usage: pnpm screenshot\nWrites docs/dashboard.png and docs/dashboard-dark.png.");
  process.exit(0);
}

for (const { file, colorScheme } of PICTURES) {
  const server = spawn(process.execPath, ["apps/collector/test/query/show-sample.ts", String(await freePort())], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [link] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 1.5, colorScheme });
  // A calm picture: no entrance is caught half-way.
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
  // The page as it opens: the last seven days, of which the seven before are kept, too.
  await page.goto(link);
  await page.getByRole("region", { name: "Totals" }).waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${root}${file}`, fullPage: true });
  console.log(file);
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
}
process.exit(0);
