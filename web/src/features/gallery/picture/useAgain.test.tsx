import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { AssetDetails } from "@/api/schema.gen";
import { useAgain } from "@/features/gallery/picture/useAgain";
import { jobOf } from "@/jobs/testing";

test("a lost press keeps its key though the job could not be read in between: nothing is paid twice", async () => {
  const lost = new ApiProblem({ kind: "offline", status: 0, detail: "" });
  const known = { data: JSON.stringify(jobOf({ id: "first" })) } as never;
  vi.spyOn(api, "GET").mockResolvedValueOnce(known).mockRejectedValueOnce(lost).mockResolvedValue(known);
  const post = vi
    .spyOn(api, "POST")
    .mockRejectedValueOnce(lost)
    .mockResolvedValue({ data: jobOf({ id: "again" }) } as never);
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const asset = { id: "p", job_id: "first", team_id: null, kind: "output" } as unknown as AssetDetails;
  const { result } = renderHook(() => useAgain(asset), { wrapper });
  for (let press = 0; press < 4; press += 1) await act(() => result.current.again());
  const keys = post.mock.calls.map(
    (call) => (call[1] as { params: { header: Record<string, string> } }).params.header["Idempotency-Key"],
  );
  expect(keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});
