import { expect, test } from "vitest";
import { kindOf, refusal } from "@/pictures/sniff";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const file = (text: string, name: string) => new File([bytes(text)], name);

test.each([
  ["\x89PNG\r\n\x1a\n....", "png"],
  ["\xff\xd8\xff\xe0", "jpeg"],
  ["RIFF\0\0\0\0WEBPVP8 ", "webp"],
  ["GIF89a", "gif"],
  ["\0\0\0\x1cftypavif", "avif"],
  ["\0\0\0\x1cftypheic", "heic"],
  ["<svg onload='alert(1)'>", "svg"],
  ["\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg/>", "svg"],
  ["<html><svg/></html>", "other"],
  ["RIFF\0\0\0\0WAVE", "other"],
  ["", "other"],
] as const)("%j is %s", (text, kind) => {
  expect(kindOf(bytes(text))).toBe(kind);
});

test("names do not help: what counts are the bytes", async () => {
  expect(await refusal(file("<svg onload='alert(1)'/>", "cat.png"))).toMatch(
    /cat\.png is an SVG.*scripts.*PNG/,
  );
  expect(await refusal(file("%PDF-1.7", "cat.jpg"))).toMatch(/not a picture/);
  expect(await refusal(file("", "cat.jpg"))).toMatch(/empty/);
  expect(await refusal(file("\x89PNG\r\n\x1a\n<script>", "cat.txt"))).toBeNull();
});
