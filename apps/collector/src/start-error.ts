/** A start that did not succeed. The message is one line that names cause and mend. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}
