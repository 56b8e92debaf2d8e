import { type Engine, engineCommand } from "./engine.ts";
import { expectEqual, expectTrue } from "./expect.ts";

const NO_CAPABILITIES = "0000000000000000";

/**
 * Looks at the first process of a running container, from inside: not root, no capability now or ever, no way to new
 * privileges, system calls filtered, root file system read-only.
 */
export async function expectHardened(engine: Engine, container: string): Promise<void> {
  const read = (file: string) => engineCommand(engine, ["exec", container, "cat", file]);
  const status = Object.fromEntries(
    (await read("/proc/1/status")).split("\n").map((line) => line.split(/:\s*/) as [string, string]),
  );
  expectTrue(`the user of ${container} is not root`, !/\b0\b/.test(status.Uid ?? "0"));
  for (const set of ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"])
    expectEqual(`${set} of ${container}`, status[set]?.trim(), NO_CAPABILITIES);
  expectEqual(`NoNewPrivs of ${container}`, status.NoNewPrivs?.trim(), "1");
  expectEqual(`Seccomp of ${container}`, status.Seccomp?.trim(), "2");
  const root = (await read("/proc/mounts")).split("\n").find((line) => line.split(" ")[1] === "/");
  expectTrue(
    `the root file system of ${container} is read-only`,
    root?.split(" ")[3]?.split(",").includes("ro") === true,
  );
}
