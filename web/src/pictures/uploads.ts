import { create } from "zustand";
import { ApiProblem, problemOf, sentence } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import type { Asset } from "@/api/schema.gen";
import { csrfToken, refreshSession, sessionEnded, useSession } from "@/api/session";
import { onAnother } from "@/lib/owner";
import { uuid } from "@/lib/uuid";
import { LISTS } from "@/pictures/queries";
import { refusal } from "@/pictures/sniff";

type Options = {
  /** Sent so far: 0 to 1; 1 while the studio looks at it. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
  /** Removed after 24 hours. */
  temporary?: boolean;
};

/** Sends a picture; resolves with its asset. Rejects with a sentence where it is none, is too large, or hides something. */
export async function sendPicture(file: File, options: Options = {}): Promise<Asset> {
  const why = await refusal(file);
  if (why) throw new ApiProblem({ kind: "not-taken", status: 422, detail: why });
  const form = new FormData();
  if (options.temporary) form.append("temporary", "true");
  form.append("file", file, file.name || "picture.png");
  const before = useSession.getState().me;
  try {
    return await sent(form, options);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) sessionEnded(true);
    // Another tab may have signed in anew, and the token with it (as in api/send.ts).
    if (error.kind !== "csrf" || !before) throw error;
    const now = await refreshSession();
    if (now?.id !== before.id || now.organisation_id !== before.organisation_id) throw error;
    return sent(form, options);
  }
}

function sent(form: FormData, options: Options): Promise<Asset> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how much of a body has been sent.
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/uploads");
    const token = csrfToken();
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (event) =>
      event.lengthComputable && options.onProgress?.(event.loaded / event.total);
    request.onload = () => {
      const retry = request.getResponseHeader("Retry-After");
      const headers = {
        "Content-Type": request.getResponseHeader("Content-Type") ?? "",
        ...(retry && { "Retry-After": retry }),
      };
      const answer = new Response(request.responseText, { status: request.status, headers });
      if (answer.ok) void answer.json().then((asset) => resolve(asset as Asset), reject);
      else void problemOf(answer).then(reject);
    };
    request.onerror = () => reject(new ApiProblem({ kind: "offline", status: 0, detail: "" }));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    options.signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

export type Upload = {
  id: string;
  name: string;
  size: number;
  state: "waiting" | "sending" | "looking" | "done" | "refused";
  /** 0 to 1. */
  part: number;
  /** Why it was not taken. */
  why?: string;
  asset?: Asset;
};

/** Uploads of this window, under way and over. */
export const useUploads = create<{ uploads: Upload[] }>(() => ({ uploads: [] }));
const set = (id: string, to: Partial<Upload>) =>
  useUploads.setState(({ uploads }) => ({
    uploads: uploads.map((one) => (one.id === id ? { ...one, ...to } : one)),
  }));
export const forgetUploads = () =>
  useUploads.setState(({ uploads }) => ({
    uploads: uploads.filter((one) => one.state !== "done" && one.state !== "refused"),
  }));

/** The studio looks at two files at a time. */
const AT_ONCE = 2;
const waiting: { id: string; file: File; settle: (asset: Asset | null) => void }[] = [];
let working = 0;
onAnother(() => {
  for (const { settle } of waiting.splice(0)) settle(null);
  useUploads.setState({ uploads: [] });
});

async function work(): Promise<void> {
  if (working >= AT_ONCE) return;
  const next = waiting.shift();
  if (!next) return;
  working += 1;
  const { id, file, settle } = next;
  try {
    set(id, { state: "sending" });
    const asset = await sendPicture(file, {
      onProgress: (part) => set(id, { part, state: part >= 1 ? "looking" : "sending" }),
    });
    set(id, { state: "done", part: 1, asset });
    settle(asset);
    await queryClient.invalidateQueries({ queryKey: LISTS, refetchType: "none" });
  } catch (error) {
    set(id, { state: "refused", why: sentence(error) });
    settle(null);
  } finally {
    working -= 1;
    void work();
  }
}

/** Puts files in line to be sent; resolves, when all are over, with those that were taken. */
export async function send(files: Iterable<File>): Promise<Asset[]> {
  const results = [...files].map(
    (file) =>
      new Promise<Asset | null>((settle) => {
        const id = uuid();
        waiting.push({ id, file, settle });
        useUploads.setState(({ uploads }) => ({
          uploads: [
            ...uploads,
            { id, name: file.name || "picture", size: file.size, state: "waiting", part: 0 },
          ],
        }));
        void work();
      }),
  );
  return (await Promise.all(results)).filter((asset) => asset !== null);
}
