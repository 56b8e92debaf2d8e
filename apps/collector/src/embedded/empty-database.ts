import { openAsBlob } from "node:fs";
import { access } from "node:fs/promises";

/** Beside the compiled code; from the sources, where the build puts it. */
const PLACES = ["./empty-database.tar.gz", "../../dist/embedded/empty-database.tar.gz"];

/** The archive of an empty database, or undefined where nothing has been built: the engine then makes one itself. */
export async function emptyDatabase(): Promise<Blob | undefined> {
  for (const place of PLACES) {
    const file = new URL(place, import.meta.url);
    try {
      await access(file);
      return await openAsBlob(file);
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined;
}
