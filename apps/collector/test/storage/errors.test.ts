import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import {
  OverloadedError,
  StorageFaultError,
  StorageUnavailableError,
  sqlState,
  toStorageError,
} from "../../src/storage/errors.ts";

const driverError = (code: string, message = "secret value") => Object.assign(new Error(message), { code });

describe("errors of storage", () => {
  it.each([
    "08006",
    "53100",
    "53300",
    "57P01",
    "57P03",
    "57014",
    "58030",
    "25006",
    "55P03",
    "40001",
    "40P01",
    "42P01",
    "42703",
    "3D000",
    "28P01",
    "CONNECTION_CLOSED",
    "CONNECTION_DESTROYED",
    "CONNECT_TIMEOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOENT",
    "EAI_AGAIN",
  ])("call %s an outage", (code) => {
    expect(toStorageError(driverError(code))).toMatchObject({ name: "StorageUnavailableError", code });
  });

  it.each(["22003", "22P02", "23505", "23514", "42601"])("call %s a fault", (code) => {
    expect(toStorageError(driverError(code))).toMatchObject({ name: "StorageFaultError", code });
  });

  it("look through what a layer has put round the driver's error, and carry none of its values", () => {
    const wrapped = new DrizzleQueryError("SELECT $1", ["secret value"], driverError("23505"));
    const error = toStorageError(wrapped);
    expect(error).toBeInstanceOf(StorageFaultError);
    expect([sqlState(wrapped), sqlState(error)]).toEqual(["23505", "23505"]);
    expect(`${error.message}${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain("secret value");
    const refused = new AggregateError([driverError("ECONNREFUSED")]);
    expect(toStorageError(refused)).toBeInstanceOf(StorageUnavailableError);
  });

  it("pass their own kind through, and make something of everything else", () => {
    const own = new OverloadedError();
    expect(toStorageError(own)).toBe(own);
    for (const odd of [new TypeError("secret value"), "text", undefined, null, {}]) {
      const error = toStorageError(odd);
      expect(error).toBeInstanceOf(StorageFaultError);
      expect(error.message).not.toContain("secret value");
    }
  });
});
