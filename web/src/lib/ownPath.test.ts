import fc from "fast-check";
import { expect, test } from "vitest";
import { ownPath } from "@/lib/ownPath";

test("paths of our own stay", () => {
  for (const path of ["/gallery?search=fox&rating=5", "/invitation#token=inv_x", "/create/advanced"])
    expect(ownPath(path)).toBe(path);
});

test("other places do not", () => {
  const hostile = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil",
    "/\n/x",
    "",
    "/login",
    "/login/oauth",
  ];
  for (const path of hostile) expect(ownPath(path)).toBe("/");
  expect(ownPath(undefined)).toBe("/");
});

test("whatever it is, one stays on this origin", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.string().map((rest) => `/${rest}`),
      ),
      (path) => {
        expect(new URL(ownPath(path), location.origin).origin).toBe(location.origin);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
