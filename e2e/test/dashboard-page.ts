import type { Page } from "playwright-core";
import type { StoredUsage } from "../src/usage-reader.ts";

/** What a person reads off the first screen. */
export async function readOffThePage(page: Page): Promise<StoredUsage> {
  const totals = page.getByRole("region", { name: "Totals" });
  await totals.waitFor();
  const card = async (label: string) =>
    numberIn(
      await totals
        .locator(".card", { has: page.getByRole("heading", { name: label, exact: true }) })
        .locator(".value")
        .textContent(),
    );
  const stored = await card("Tool calls");
  const failed = await card("Failed calls");
  return {
    stored,
    succeeded: stored - failed,
    failed,
    byTool: await toolsOn(page),
    byErrorType: await failuresOn(page),
  };
}

async function toolsOn(page: Page): Promise<Record<string, number>> {
  const rows = page.getByRole("region", { name: "Tools" }).getByRole("row");
  const counts: Record<string, number> = {};
  for (const row of (await rows.all()).slice(1)) {
    const name = (await row.getByRole("rowheader").textContent()) ?? "";
    counts[name.trim()] = numberIn(await row.getByRole("cell").first().textContent());
  }
  return counts;
}

async function failuresOn(page: Page): Promise<Record<string, number>> {
  const region = page.getByRole("region", { name: "What is failing" });
  const counts: Record<string, number> = {};
  for (const item of await region.getByRole("listitem").all()) {
    const name = (await item.locator(".failure-line > :first-child").textContent()) ?? "";
    const count = (await item.locator(".failure-count").textContent()) ?? "";
    counts[name.trim()] = numberIn(count.split(/\s/)[0] ?? "");
  }
  return counts;
}

function numberIn(text: string | null): number {
  const digits = text?.replaceAll(",", "").trim() ?? "";
  const number = Number(digits);
  if (digits === "" || Number.isNaN(number)) throw new Error(`"${text}" is no number`);
  return number;
}
