/** A time-ordered random id (RFC 9562 version 7) in lower case: the time in front of a random version 4. */
export function uuidV7(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.replace(/.{8}/, "$&-")}-7${crypto.randomUUID().slice(15)}`;
}
