import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tryCommand } from "../../src/command.ts";
import { holdLock } from "../../src/podman/hold-lock.ts";
import { waitFor } from "../../src/wait-for.ts";

describe.runIf(process.platform === "linux")("the lock of a cache folder", () => {
  it("is held by one run at a time, until that releases it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "container-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "lock");
    const isFree = async () => (await tryCommand("flock", ["--nonblock", file, "true"])).code === 0;

    const release = await holdLock(file);
    expect(await isFree()).toBe(false);
    release();
    await waitFor("the lock to be free", isFree);
  });
});
