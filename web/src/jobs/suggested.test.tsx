import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { api } from "@/api/client";
import { fitting, pauseOf, useSuggestions } from "@/jobs/suggested";

afterEach(() => void vi.useRealTimers());

test("taking a suggestion never takes away what was typed since", () => {
  const answer = {
    of: "a fox",
    items: [
      { text: "a fox, golden hour", title: "golden hour" },
      { text: "a fox in tall grass", title: "in tall grass" },
    ],
  };
  expect(fitting(answer, "a fox in t")).toEqual([
    { text: "a fox in tall grass", title: "all grass" },
    { text: "a fox in t, golden hour", title: "golden hour" },
  ]);
  expect(fitting(answer, "a hare")).toEqual([]);
  expect(fitting(answer, "a fox, golden hour").map((one) => one.text)).toEqual([]);
});

test("a word under way rests longer than one that has ended; what was taken or cleared does not wait", () => {
  expect(pauseOf("a fo", "")).toBeGreaterThan(pauseOf("a fox ", ""));
  expect(pauseOf("a fox,", "")).toBeGreaterThanOrEqual(500);
  expect([pauseOf("a fox", "a fox"), pauseOf(" ", "")]).toEqual([0, 0]);
});

test("typing asks once it rests, and what was answered for a word's beginning finishes it", async () => {
  vi.useFakeTimers();
  const get = vi.spyOn(api, "GET").mockImplementation(((_path: string, of: unknown) => {
    const { text } = (of as { params: { query: { text: string } } }).params.query;
    const items = text === "a la" ? [{ text: "a large", title: "large" }] : [];
    return Promise.resolve({ data: { items, next_cursor: null } });
  }) as never);
  const asked = () =>
    get.mock.calls.map((call) => (call[1] as { params: { query: { text: string } } }).params.query.text);
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result, rerender } = renderHook(({ text }) => useSuggestions("pocket", text), {
    wrapper,
    initialProps: { text: "" },
  });
  const type = async (text: string, milliseconds: number) => {
    rerender({ text });
    await act(() => vi.advanceTimersByTimeAsync(milliseconds));
  };
  await type("", 0);
  for (const text of ["a", "a ", "a l", "a la"]) await type(text, 150);
  expect(asked()).toEqual([""]);
  await type("a la", 1500);
  expect(asked()).toEqual(["", "a la"]);
  await type("a larg", 1500);
  expect(asked()).toEqual(["", "a la"]);
  expect(result.current.items).toEqual([{ text: "a large", title: "large" }]);
  await type("a large ", 600);
  expect(asked()).toEqual(["", "a la", "a large"]);
});
