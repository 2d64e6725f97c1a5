import type { Problem } from "@/api/schema.gen";
import { t } from "@/i18n";

/** A refusal of the API (RFC 9457), or no answer at all (kind "offline"). `message` is a sentence for people. */
export class ApiProblem extends Error {
  readonly kind: string;
  readonly status: number;
  readonly detail: string;
  /** Wrong fields: path → sentence. */
  readonly fields: Record<string, string>;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | undefined;
  /** The request's name in the server's logs. */
  readonly instance: string | undefined;
  /** What else its document says: `needed` and `available` of a refusal for lack of credits, in micro-credits. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(of: {
    kind: string;
    status: number;
    detail: string;
    fields?: Record<string, string>;
    retryAfter?: number | undefined;
    instance?: string | undefined;
    more?: Record<string, unknown>;
  }) {
    super(of.status === 0 ? t("problem.offline") : of.detail);
    this.name = "ApiProblem";
    this.kind = of.kind;
    this.status = of.status;
    this.detail = of.detail;
    this.fields = of.fields ?? {};
    this.retryAfter = of.retryAfter;
    this.instance = of.instance;
    this.more = of.more ?? {};
  }
}

/** Reads a problem document; what is none becomes one. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  try {
    const body = (await response.clone().json()) as Partial<Problem> & {
      errors?: { path?: string; message?: string }[];
    };
    const fields: Record<string, string> = {};
    for (const error of body.errors ?? []) if (error.path) fields[error.path] ??= error.message ?? "";
    return new ApiProblem({
      kind:
        String(body.type ?? "about:blank")
          .split("/")
          .pop() ?? "unknown",
      status: response.status,
      detail: body.detail ?? t("problem.unknown", { status: response.status }),
      fields,
      retryAfter,
      instance: body.instance,
      more: body,
    });
  } catch {
    return new ApiProblem({
      kind: "unknown",
      status: response.status,
      detail: t("problem.unknown", { status: response.status }),
      retryAfter,
    });
  }
}

/** The sentence that tells what went wrong. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
