/** The collector did not do what it must. */
export class AttackError extends Error {
  override readonly name = "AttackError";
}

/** A deployment's own settings keep the case from saying anything. */
export class CannotTellError extends Error {
  override readonly name = "CannotTellError";
}

/** @throws AttackError with the message when something is not so */
export function hold(isSo: boolean, message: string): asserts isSo {
  if (!isSo) throw new AttackError(message);
}
