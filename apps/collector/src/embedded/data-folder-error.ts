/** A data folder that cannot be used. The message is one line that names cause and mend. */
export class DataFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DataFolderError";
  }
}

/** Another process has the folder open, or is about to. */
export class DataFolderInUseError extends DataFolderError {
  constructor(dataDir: string) {
    super(
      `The data folder ${dataDir} is in use by another collector: stop it, or choose another folder with --data-dir or DATA_DIR`,
    );
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
