"""The roles that every organisation has. Its own ones stand in the table `roles`."""

from control.access.permissions import PERMISSIONS

_OWN_KEYS = frozenset({"api_key:read", "api_key:create", "api_key:revoke"})
_LOOK = frozenset({"organisation:read", "member:read", "team:read", "role:read"})
_WORK = frozenset(
    {
        "job:create", "job:read", "asset:create", "asset:read", "asset:update", "asset:delete", "workflow:create",
        "workflow:read", "model:read", "credit:read",
    }
)  # fmt: skip

BUILT_IN: dict[str, frozenset[str]] = {
    "admin": frozenset(PERMISSIONS),
    "team_admin": _LOOK
    | _OWN_KEYS
    | _WORK
    | {"team:update", "invitation:read", "invitation:create", "invitation:revoke"},
    "user": _LOOK | _OWN_KEYS | _WORK,
    "viewer": _LOOK | {"job:read", "asset:read", "workflow:read", "model:read"},
}
"""Role → its permissions. A team_admin's hold for the teams they are in."""
