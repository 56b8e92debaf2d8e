import { afterEach, expect, test, vi } from "vitest";
import { findChromium } from "../src/find-chromium.ts";
import { findProgram } from "../src/find-program.ts";
import { unprivilegedUser } from "../src/unprivileged-user.ts";

afterEach(() => vi.unstubAllEnvs());

test("a program on PATH is found by its absolute path, an unknown one is not found", () => {
  expect(findProgram("node")).toMatch(/^\/.+\/node$/);
  expect(findProgram("no-such-program-here")).toBeUndefined();
});

test("a CHROMIUM_PATH that is no program is refused by name", async () => {
  vi.stubEnv("CHROMIUM_PATH", "/nowhere/chromium");
  await expect(findChromium()).rejects.toThrow("CHROMIUM_PATH is not a program: /nowhere/chromium");
});

test("root becomes the first unprivileged user that the machine knows", () => {
  const asRoot = vi.spyOn(process, "getuid").mockReturnValue(0);
  const passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n";
  expect(unprivilegedUser(passwd)).toEqual({ uid: 65534, gid: 65533 });
  expect(() => unprivilegedUser("root:x:0:0::/root:/bin/sh\n")).toThrow("does not run as root");
  asRoot.mockReturnValue(1000);
  expect(unprivilegedUser(passwd)).toBeUndefined();
  asRoot.mockRestore();
});
