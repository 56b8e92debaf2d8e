import { fsyncSync } from "node:fs";
import type { PGlite, postgresMod } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

type Module = Partial<postgresMod.PostgresMod>;

interface NodeStream {
  /** File descriptor of the system; folders have none. */
  readonly nfd?: number;
}

/**
 * Files of the database on the file system of the machine, with an `fsync` that reaches the disk: the one of PGlite does
 * nothing, and a commit would then survive the end of the process but not a power cut.
 */
export class DurableNodeFs extends NodeFS {
  override async init(database: PGlite, options: Module): Promise<{ emscriptenOpts: Module }> {
    const initialised = await super.init(database, options);
    initialised.emscriptenOpts.preRun = [
      ...(initialised.emscriptenOpts.preRun ?? []),
      (module) => {
        const { NODEFS } = module as unknown as { NODEFS: { stream_ops: { fsync?: (stream: NodeStream) => number } } };
        NODEFS.stream_ops.fsync = ({ nfd }) => {
          if (nfd !== undefined) fsyncSync(nfd);
          return 0;
        };
      },
    ];
    return initialised;
  }
}
