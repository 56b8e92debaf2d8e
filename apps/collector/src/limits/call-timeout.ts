/** A call took too long. It may still be carried out. */
export class CallTimeoutError extends Error {
  override readonly name = "CallTimeoutError";
}

/**
 * Gives a call up after `timeoutMs`. An answer that has arrived while this process was busy still counts: it is read before
 * the verdict falls.
 */
export function withTimeout<Result>(call: Promise<Result>, timeoutMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(reject, new CallTimeoutError("timed out"));
    }, timeoutMs);
    call.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
