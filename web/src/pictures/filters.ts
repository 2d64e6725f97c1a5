/** What a list of assets is narrowed by: of `GET /assets`, as it stands in the address of the gallery. */
export type Filters = {
  text?: string;
  model?: string;
  kind?: "output" | "upload";
  board?: string;
  tags?: string[];
  rating?: number;
  /** Days, as 2026-01-31, both of them among what is found. */
  from?: string;
  to?: string;
  mine?: boolean;
  sort?: "oldest";
  /** What is in the bin, instead of the rest. */
  bin?: boolean;
  job?: string;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Any address → filters: what makes no sense in it is left out, so that an old or mistyped link opens. */
export function filtersOf(search: Record<string, unknown>): Filters {
  const found: Filters = {};
  const text = (name: string, most: number) => {
    const value = search[name];
    const said = typeof value === "number" ? String(value) : value;
    return typeof said === "string" && said.trim() !== "" ? said.slice(0, most) : undefined;
  };
  const put = <K extends keyof Filters>(name: K, value: Filters[K] | undefined) => {
    if (value !== undefined) found[name] = value;
  };
  put("text", text("text", 400));
  put("model", text("model", 200));
  const kind = text("kind", 10);
  if (kind === "output" || kind === "upload") found.kind = kind;
  for (const name of ["board", "job"] as const) {
    const id = text(name, 40);
    if (id && UUID.test(id)) found[name] = id;
  }
  const tags = Array.isArray(search.tags) ? search.tags : [search.tags];
  const kept = tags.filter((tag): tag is string => typeof tag === "string" && tag.trim() !== "").slice(0, 10);
  if (kept.length > 0) found.tags = kept;
  const rating = Number(search.rating);
  if (Number.isInteger(rating) && rating >= 1 && rating <= 5) found.rating = rating;
  for (const name of ["from", "to"] as const) {
    const day = text(name, 10);
    if (day && DAY.test(day) && !Number.isNaN(Date.parse(day))) found[name] = day;
  }
  if (search.mine === true || search.mine === "true") found.mine = true;
  if (search.bin === true || search.bin === "true") found.bin = true;
  if (search.sort === "oldest") found.sort = "oldest";
  return found;
}

/** Midnight at the beginning of a day here, `plus` days on, as the API takes it. */
function midnight(day: string, plus = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plus).toISOString();
}

/** Filters → parameters of `GET /assets`. Days are those of who looks, from midnight to midnight. */
export function queryOf(filters: Filters) {
  return {
    ...(filters.text && { text: filters.text }),
    ...(filters.model && { model: filters.model }),
    ...(filters.kind && { kind: filters.kind }),
    ...(filters.board && { board_id: filters.board }),
    ...(filters.job && { job_id: filters.job }),
    ...(filters.tags?.length && { tag: filters.tags.join(",") }),
    ...(filters.rating && { rating_min: filters.rating }),
    ...(filters.from && { created_after: midnight(filters.from) }),
    ...(filters.to && { created_before: midnight(filters.to, 1) }),
    ...(filters.mine && { mine: true }),
    ...(filters.bin && { deleted: true }),
    ...(filters.sort && { sort: filters.sort }),
  };
}

/** How many filters narrow the list: board and bin are places, not filters. */
export const narrowing = (filters: Filters): number =>
  (["text", "model", "kind", "rating", "from", "to", "mine", "job"] as const).filter((name) => filters[name])
    .length + (filters.tags?.length ?? 0);

/** Does what is new stand first in this list? */
export const newestFirst = (filters: Filters) => !filters.sort && !filters.text && !filters.bin;
