import { expect, test, vi } from "vitest";
import { uuid } from "@/lib/uuid";

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("of version 4, with and without a secure context", () => {
  expect(uuid()).toMatch(FORM);
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const some = Array.from({ length: 200 }, uuid);
  vi.unstubAllGlobals();
  for (const one of some) expect(one).toMatch(FORM);
  expect(new Set(some).size).toBe(200);
});
