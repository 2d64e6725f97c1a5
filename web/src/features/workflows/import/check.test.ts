import { expect, test } from "vitest";
import { MOST_JSON, refusalOf } from "@/features/workflows/import/check";

const file = (...parts: BlobPart[]) => new Blob(parts);
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

test("20 MB of JSON are refused before they are sent, with how much there may be", async () => {
  expect(await refusalOf(file('{"a":"', "x".repeat(20 * 2 ** 20), '"}'))).toMatch(/20 MB.*4 MB/);
  expect(await refusalOf(file("{", " ".repeat(MOST_JSON)))).toMatch(/4 MB/);
});

test("what begins like neither JSON nor a picture is refused", async () => {
  for (const text of ["hello", "[1]", "<svg/>", "null", "   "])
    expect(await refusalOf(file(text))).toMatch(/no workflow/);
  expect(await refusalOf(file())).toMatch(/empty/);
});

test("what may hold a workflow goes to the server, which looks at all of it", async () => {
  for (const text of ['{"1": {}}', '\n\t {"nodes": []}', '\ufeff{"nodes": []}'])
    expect(await refusalOf(file(text))).toBeNull();
  expect(await refusalOf(file(png, "x".repeat(MOST_JSON)))).toBeNull();
});
