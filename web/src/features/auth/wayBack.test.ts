import { expect, test } from "vitest";
import { introduced } from "@/features/auth/wayBack";
import { ownPath } from "@/lib/ownPath";

test.each(["/workflows/w?version=2&tab=run", "/shared/abc", "/gallery?tags=a,b"])(
  "whoever registers on the way to %s is led there after the introduction",
  (wanted) => {
    const way = ownPath(introduced(wanted));
    const { pathname, searchParams } = new URL(way, location.origin);
    expect(pathname).toBe("/welcome");
    expect(ownPath(searchParams.get("next") ?? undefined)).toBe(wanted);
  },
);

test("whoever came for nothing is introduced alone; other places are no way", () => {
  for (const usual of [undefined, "/", "/create"]) expect(introduced(usual)).toBe("/welcome");
  const away = new URL(ownPath(introduced("https://elsewhere.test/")), location.origin);
  expect(ownPath(away.searchParams.get("next") ?? undefined)).toBe("/");
});
