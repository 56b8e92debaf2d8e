/** A data folder that cannot be used. The message is one line that names cause and mend. */
export class DataFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DataFolderError";
  }
}

/** Says why a folder cannot be written. */
export function unusable(dataDir: string, error: unknown): DataFolderError {
  const { code } = error as NodeJS.ErrnoException;
  const cause =
    code === "ENOTDIR" || code === "EEXIST" ? "is not a folder" : `cannot be written (${code ?? "unknown error"})`;
  return new DataFolderError(
    `The data folder ${dataDir} ${cause}: choose another with --data-dir or DATA_DIR, or give this user the right to write it`,
  );
}
