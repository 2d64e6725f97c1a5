import { expect, test } from "vitest";
import { caps, isStroke, isTyping } from "@/lib/shortcuts";

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...more });

test("strokes are what they say, with nothing else held", () => {
  expect(isStroke(press("k", { ctrlKey: true }), "mod+k")).toBe(true);
  expect(isStroke(press("K", { ctrlKey: true, shiftKey: true }), "mod+k")).toBe(false);
  expect(isStroke(press("k"), "mod+k")).toBe(false);
  expect(isStroke(press("g"), "g")).toBe(true);
  expect(isStroke(press("g", { ctrlKey: true }), "g")).toBe(false);
  expect(isStroke(press("g", { altKey: true }), "g")).toBe(false);
  expect(isStroke(press("Enter", { ctrlKey: true }), "mod+enter")).toBe(true);
});

test("signs are found on whichever key they stand", () => {
  expect(isStroke(press("?", { shiftKey: true }), "?")).toBe(true);
  expect(isStroke(press("?"), "?")).toBe(true);
});

test("letters are letters where something is typed", () => {
  for (const name of ["input", "textarea", "select"])
    expect(isTyping(document.createElement(name))).toBe(true);
  expect(isTyping(document.createElement("button"))).toBe(false);
  expect(isTyping(null)).toBe(false);
});

test("keys are shown as they are written on them", () => {
  expect(caps("mod+k")).toEqual([["Ctrl", "K"]]);
  expect(caps("g c")).toEqual([["G"], ["C"]]);
});
