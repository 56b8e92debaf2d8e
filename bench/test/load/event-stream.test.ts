import { BatchSchema, EventSchema } from "@org/mcp-analytics-schema";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { makeApiKeys } from "../../src/load/api-keys.ts";
import { batchPost, singlePost } from "../../src/load/event-stream.ts";

const keys = makeApiKeys(3);

test("what is sent is valid by the wire contract", () => {
  for (let index = 0; index < 50; index++) {
    expect(Value.Check(EventSchema, JSON.parse(singlePost(keys)(index).body))).toBe(true);
    expect(Value.Check(BatchSchema, JSON.parse(batchPost(keys)(index).body))).toBe(true);
  }
});

test("every batch has an id of its own and the keys come in turn", () => {
  const posts = Array.from({ length: 30 }, (_, index) => batchPost(keys)(index));
  expect(new Set(posts.map((post) => JSON.parse(post.body).batchId)).size).toBe(30);
  expect(posts.slice(0, 3).map((post) => post.apiKey)).toEqual(keys.map((key) => key.text));
});
