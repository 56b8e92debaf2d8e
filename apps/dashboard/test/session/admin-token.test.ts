import { expect, it } from "vitest";
import { adminTokenOf } from "../../src/session/admin-token.ts";

it("the token of an admin link is what follows in the fragment, and no other fragment is one", () => {
  expect(adminTokenOf("#sign-in=1.abc")).toBe("1.abc");
  for (const other of ["", "#", "#sign-in", "#sign-in=", "#tools", "sign-in=1.abc"])
    expect(adminTokenOf(other)).toBeUndefined();
});
