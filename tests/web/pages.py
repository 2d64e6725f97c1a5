"""Every page of the web UI: its name and its address. `{…}` stands for what `furnished.py` made."""

import re

from tests.web.stack import ROOT

PUBLIC = {
    "login": "/login",
    "register": "/register",
    "forgot-password": "/forgot-password",
    "reset-password": "/reset-password#token=none",
    "verify-email": "/verify-email#token=none",
    "invitation": "/invitation#token=none",
    "login-oauth": "/login/oauth#login_error=access_denied",
    "design": "/design",
    "shared": "/shared/{token}",
    "not-found": "/nowhere",
}
"""For everybody."""
PAGES = {
    "welcome": "/welcome",
    "create": "/create",
    "create-advanced": "/create/advanced",
    "gallery": "/gallery",
    "gallery-bin": "/gallery?bin=true",
    "gallery-compare": "/gallery/compare?a={a}&b={b}",
    "gallery-picture": "/gallery/{assetId}",
    "queue": "/queue",
    "workflows": "/workflows",
    "workflows-one": "/workflows/{workflowId}",
    "workflows-template": "/workflows/templates/{name}",
    "account": "/account",
    "account-sessions": "/account/sessions",
    "account-keys": "/account/keys",
    "team": "/team",
    "team-teams": "/team/teams",
    "team-roles": "/team/roles",
    "team-usage": "/team/usage",
    "team-credits": "/team/credits",
    "team-audit": "/team/audit",
    "team-organisation": "/team/organisation",
}
"""For who is signed in."""


def rooms() -> dict[str, str]:
    """Address → the module of web/ that answers it, as the router has them."""
    router = (ROOT / "web" / "src" / "app" / "router.tsx").read_text()
    found = re.findall(r'(?:\(|path: )"(/[^"]+)",(?:(?!path: )[^"])*?import\("@/([^"]+)"\)', router)
    return {address: f"src/{module}.tsx" for address, module in found}
