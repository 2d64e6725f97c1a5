import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { $api, api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { PageJob } from "@/api/schema.gen";
import { useCancelJob } from "@/jobs/actions";
import { useSubmit } from "@/jobs/submit";
import { jobOf, pageOf } from "@/jobs/testing";
import { jobOptions } from "@/jobs/useJob";

const REQUEST = { kind: "txt2img", prompt: "a star" } as const;
const RECENT = $api.queryOptions("get", "/api/v1/jobs", {
  params: { query: { mine: true, limit: 24 } },
}).queryKey;

let client: QueryClient;
const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
);
const shown = () => client.getQueryData<PageJob>(RECENT)?.items.map((job) => [job.id, job.state]);
const later = <T,>() => {
  let settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value: T) => settle?.resolve(value),
    reject: (error: unknown) => settle?.reject(error),
  };
};
const keys = (post: { mock: { calls: unknown[][] } }) =>
  post.mock.calls.map(
    (call) =>
      (call[1] as { params: { header: { "Idempotency-Key": string } } }).params.header["Idempotency-Key"],
  );

beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData<PageJob>(RECENT, pageOf(jobOf({ id: "old", state: "COMPLETED" })));
});

test("a press is shown before the answer, and the job of the answer after it", async () => {
  const answer = later<never>();
  vi.spyOn(api, "POST").mockReturnValue(answer.promise);
  const { result } = renderHook(() => useSubmit(), { wrapper });
  let done: Promise<unknown> | undefined;
  act(() => {
    done = result.current.submit(REQUEST);
  });
  expect(result.current.sending?.request).toEqual(REQUEST);
  expect(shown()).toEqual([
    [result.current.sending?.id, "PENDING"],
    ["old", "COMPLETED"],
  ]);
  const job = jobOf({ id: "new" });
  await act(async () => {
    answer.resolve({ data: job } as never);
    expect(await done).toEqual(job);
  });
  expect(shown()).toEqual([
    ["new", "QUEUED"],
    ["old", "COMPLETED"],
  ]);
  expect(client.getQueryData(jobOptions("new").queryKey)).toEqual(job);
  expect(result.current.pending).toBe(false);
});

test("a refusal takes the press back, and the next press has a key of its own", async () => {
  const refusal = new ApiProblem({ kind: "payment-required", status: 402, detail: "No credits." });
  const post = vi.spyOn(api, "POST").mockRejectedValue(refusal);
  const { result } = renderHook(() => useSubmit(), { wrapper });
  await act(() => result.current.submit(REQUEST));
  expect(result.current.problem).toBe(refusal);
  expect(shown()).toEqual([["old", "COMPLETED"]]);
  await act(() => result.current.submit(REQUEST));
  const [first, second] = keys(post);
  expect(first).not.toBe(second);
});

test("where the answer was lost, the same request goes out under the same key: nothing is paid twice", async () => {
  const lost = new ApiProblem({ kind: "offline", status: 0, detail: "" });
  const post = vi
    .spyOn(api, "POST")
    .mockRejectedValueOnce(lost)
    .mockResolvedValue({ data: jobOf() } as never);
  const { result } = renderHook(() => useSubmit(), { wrapper });
  await act(() => result.current.submit(REQUEST));
  await act(() => result.current.submit(REQUEST));
  await act(() => result.current.submit(REQUEST));
  const [first, again, another] = keys(post);
  expect(again).toBe(first);
  expect(another).not.toBe(first);
});

test("a cancelled job is shown so at once, and as it was where the server refuses", async () => {
  const job = jobOf({ id: "mine", state: "PROCESSING" });
  client.setQueryData(jobOptions("mine").queryKey, job);
  const answer = later<never>();
  vi.spyOn(api, "DELETE").mockReturnValue(answer.promise);
  const { result } = renderHook(() => useCancelJob(), { wrapper });
  await act(async () => result.current.mutate(job));
  expect(client.getQueryData(jobOptions("mine").queryKey)).toMatchObject({ cancel_requested: true });
  await act(async () =>
    answer.reject(new ApiProblem({ kind: "conflict", status: 409, detail: "It has ended." })),
  );
  expect(client.getQueryData(jobOptions("mine").queryKey)).toMatchObject({ cancel_requested: false });
});
