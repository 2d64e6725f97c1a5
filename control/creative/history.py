"""Words that somebody has painted with."""

from datetime import UTC, datetime

from control.access.principal import Principal
from control.creative.schemas import PastPrompt
from control.errors import BadRequest
from control.jobs.tables import Job
from control.pages import Page

# Jobs of one person: an index leads to them. Those in plain fields have a prompt; a graph has none of its own.
_QUERY = """
SELECT prompt, negative_prompt, count(*)::int AS count, max(created_at) AS used_at,
       (array_agg(id ORDER BY created_at DESC))[1] AS job_id,
       (array_agg(kind ORDER BY created_at DESC))[1] AS kind,
       (array_agg(model ORDER BY created_at DESC))[1] AS model
FROM (
    SELECT id, kind, model, created_at, request ->> 'prompt' AS prompt,
           coalesce(request ->> 'negative_prompt', '') AS negative_prompt
    FROM jobs
    WHERE organisation_id = {} AND user_id = {} AND kind <> 'workflow' AND request ->> 'prompt' <> ''
) AS mine
WHERE {}::text = '' OR strpos(lower(prompt || ' ' || negative_prompt), lower({}::text)) > 0
GROUP BY prompt, negative_prompt
HAVING {}::timestamptz IS NULL OR max(created_at) < {}::timestamptz
ORDER BY used_at DESC
LIMIT {}
"""


async def past(who: Principal, search: str, cursor: str | None, limit: int) -> Page[PastPrompt]:
    """Distinct pairs of prompt and negative prompt of the caller's jobs, the latest first."""
    before = None if cursor is None else _decoded(cursor)
    rows = await Job.raw(_QUERY, who.organisation_id, who.user_id, search, search, before, before, limit + 1)
    items = [PastPrompt(**row) for row in rows[:limit]]
    # No two jobs of one person are of the same microsecond, but by the hand of a test.
    following = _encoded(items[-1].used_at) if len(rows) > limit else None
    return Page(items=items, next_cursor=following)


def _encoded(at: datetime) -> str:
    return str(round(at.timestamp() * 1e6))


def _decoded(cursor: str) -> datetime:
    try:
        micros = int(cursor)
        return datetime.fromtimestamp(micros // 10**6, UTC).replace(microsecond=micros % 10**6)
    except (ValueError, OverflowError, OSError):
        raise BadRequest("This cursor is not one of ours. Send next_cursor of the page before.") from None
