"""Signing in through a provider: a real OpenID provider, GitHub's endpoints as a fake, and an issuer that lies."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from studio.stack.process import Service, running
from tests.control.identity.conftest import client, somewhere
from tests.control.identity.fake_providers import FakeProviders
from tests.control.people import PASSWORD, Person, address, made, mails_to, problem, register, sql, token_in

OIDC = Path(__file__).parents[2] / "tools" / "oidc"
START = "/api/v1/auth/oauth"
PEOPLE = {
    "new": {"email": "New@Example.org", "email_verified": True, "name": "Nora New"},
    "ada": {"email": "ada-linked@example.org", "email_verified": True, "name": "Ada"},
    "squatter": {"email": "squatted@example.org", "email_verified": True, "name": "Real owner"},
    "liar": {"email": "victim@example.org", "email_verified": False, "name": "Not the victim"},
    "nameless": {"email": "nameless@example.org", "email_verified": True},
}


@pytest.fixture(scope="session")
def provider(oidc_port: int, studio_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real OpenID provider: npm's oidc-provider."""
    node = shutil.which("node")
    if node is None or not (OIDC / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("Install Node 20 or newer with npm, then: make tests/tools/oidc/node_modules")
    url = f"http://127.0.0.1:{oidc_port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{url}/.well-known/openid-configuration").is_success
        except httpx.HTTPError:
            return False

    service = Service(
        name="the OpenID provider",
        command=[
            node, "provider.mjs", str(oidc_port), json.dumps(PEOPLE), f"{studio_url}{START}/company/callback",
        ],
        cwd=OIDC,
        log=tmp_path_factory.mktemp("oidc") / "log",
        ready=ready,
    )  # fmt: skip
    with running(service):
        yield url


@pytest.fixture
def browser(studio_url: str) -> Iterator[httpx.Client]:
    """Keeps cookies, per host and path, as browsers do."""
    with client(studio_url, somewhere()) as found:
        yield found


def begin(browser: httpx.Client, name: str, **parameters: str) -> str:
    """Where the login sends the browser."""
    answer = browser.get(f"{START}/{name}/login", params=parameters)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sign_in_there(location: str, login: str) -> str:
    """Goes through the provider's own pages; where it sends the browser back to."""
    with httpx.Client(timeout=30) as there:
        answer = there.get(location)
        for _ in range(10):
            while answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if f"{START}/company/callback" in target:
                    return target
                answer = there.get(target)
            action = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert action, answer.text
            assert prompt, answer.text
            form = {"prompt": prompt[1], "login": login, "password": "any"}
            answer = there.post(urljoin(str(answer.url), action[1]), data=form)
    raise AssertionError(answer.text)


def told(answer: httpx.Response) -> dict[str, str]:
    """What the fragment says after the way back."""
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["location"])
    assert parts.query == "" or "token" not in parts.query
    return {name: values[0] for name, values in parse_qs(parts.fragment).items()}


def exchange(browser: httpx.Client, code: str) -> httpx.Response:
    return browser.post(f"{START}/exchange", json={"code": code})


def through_company(browser: httpx.Client, login: str) -> dict[str, str]:
    return told(browser.get(sign_in_there(begin(browser, "company"), login)))


def through_fake(browser: httpx.Client, fakes: FakeProviders, name: str) -> dict[str, str]:
    return told(browser.get(fakes.approve(begin(browser, name))))


def test_the_page_to_sign_in_knows_the_providers(studio: httpx.Client) -> None:
    found = {p["name"]: p["title"] for p in made(studio.get(f"{START}/providers"))["items"]}
    assert found == {"company": "The company", "github": "GitHub", "liar": "liar", "down": "down"}
    problem(studio.get(f"{START}/nobody/login"), 404)


def test_login_at_a_real_provider_makes_an_account_once(provider: str, browser: httpx.Client) -> None:
    answer = browser.get(
        sign_in_there(begin(browser, "company", redirect_to="/jobs?open=1"), "new"),
    )
    location = answer.headers["location"]
    assert location.startswith(f"{browser.base_url}".rstrip("/") + "/jobs?open=1#login_code=lc_")
    tokens = made(exchange(browser, told(answer)["login_code"]))
    person = Person(browser, "new@example.org", tokens, "Nora New")
    assert made(person.get("/me"))["name"] == "Nora New"
    assert made(person.get("/me"))["email"] == "new@example.org"
    assert person.role == "admin"
    assert made(person.get("/me/sessions"))["items"][0]["means"] == "company"
    again = Person(browser, "", made(exchange(browser, through_company(browser, "new")["login_code"])))
    assert again.id == person.id


def test_the_code_is_good_once_and_in_this_browser_alone(
    provider: str, browser: httpx.Client, studio_url: str
) -> None:
    """Login CSRF, session fixation: a code that a stranger got, or sends, signs nobody in."""
    code = through_company(browser, "new")["login_code"]
    with client(studio_url, somewhere()) as other:
        problem(exchange(other, code), 400)
    # The stranger's try has used it up.
    problem(exchange(browser, code), 400)
    code = through_company(browser, "new")["login_code"]
    made(exchange(browser, code))
    problem(exchange(browser, code), 400)


def test_the_cookies_are_out_of_reach_and_sign_nobody_in(provider: str, browser: httpx.Client) -> None:
    start = browser.get(f"{START}/company/login")
    cookie = start.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert f"Path={START}" in cookie
    assert "nonce" not in cookie
    back = browser.get(sign_in_there(start.headers["location"], "new"))
    gone, login = back.headers.get_list("set-cookie")
    assert "HttpOnly" in gone
    assert f"Path={START}" in gone
    # Two routes take the code that it goes with.
    assert "HttpOnly" in login
    assert "Path=/api/v1;" in login
    problem(
        browser.get("/api/v1/me", headers={"Cookie": "; ".join(back.headers.get_list("set-cookie"))}), 401
    )


def test_an_answer_counts_in_the_browser_that_asked(
    provider: str, browser: httpx.Client, studio_url: str
) -> None:
    """State: a stranger's answer, sent to somebody else's browser, goes nowhere."""
    strangers = sign_in_there(begin(browser, "company"), "new")
    with client(studio_url, somewhere()) as victim:
        problem(victim.get(strangers), 400, "not begun")
        begin(victim, "company")
        problem(victim.get(strangers), 400, "not begun")
    # And for the one provider that was asked.
    problem(browser.get(strangers.replace("/company/", "/liar/")), 400)
    problem(browser.get(re.sub(r"state=[\w-]+", "state=x", strangers)), 400)
    assert "login_code" in told(browser.get(strangers))
    problem(browser.get(strangers), 400)


def test_a_stolen_code_is_no_good_without_the_verifier(
    provider: str, browser: httpx.Client, studio_url: str
) -> None:
    """PKCE: the code of one login, put into the answer to another."""
    code = parse_qs(urlsplit(sign_in_there(begin(browser, "company"), "new")).query)["code"][0]
    with client(studio_url, somewhere()) as thief:
        own = parse_qs(urlsplit(begin(thief, "company")).query)["state"][0]
        answer = thief.get(
            f"{START}/company/callback",
            params={"state": own, "code": code, "iss": provider},
        )
        assert told(answer) == {"login_error": "provider_error"}


def test_an_account_is_linked_where_both_sides_confirmed_the_address(
    provider: str, browser: httpx.Client, control_home: Path
) -> None:
    email = PEOPLE["ada"]["email"]
    ada = register(browser, "Ada", str(email))
    assert through_company(browser, "ada") == {"login_error": "account_unconfirmed"}
    token = token_in(mails_to(control_home, str(email))[0])
    made(ada.post("/auth/verify-email", token=token))
    linked = Person(browser, "", made(exchange(browser, through_company(browser, "ada")["login_code"])))
    assert linked.id == ada.id
    # The password is still good.
    ada.login()


def test_who_took_an_address_before_its_owner_came_gets_nothing(
    provider: str, browser: httpx.Client, control_home: Path, studio_url: str
) -> None:
    """Pre-hijacking: the owner's login is not joined to an account with a stranger's password and keys."""
    email = str(PEOPLE["squatter"]["email"])
    with client(studio_url, somewhere()) as elsewhere:
        squatter = register(elsewhere, "Squatter", email)
        key = made(squatter.post("/api-keys", name="k", scopes=["member:read"]))["key"]
        assert through_company(browser, "squatter") == {"login_error": "account_unconfirmed"}
        made(browser.post("/api/v1/auth/forgot-password", json={"email": email}))
        mails = [m for m in mails_to(control_home, email, 2) if "password" in m["Subject"]]
        body = {"token": token_in(mails[0]), "password": "the owner's own password"}
        made(browser.post("/api/v1/auth/reset-password", json=body))
        problem(squatter.get("/me"), 401)
        problem(elsewhere.get("/api/v1/members", headers={"Authorization": f"Bearer {key}"}), 401)
        problem(elsewhere.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD}), 401)
    assert "login_code" in through_company(browser, "squatter")


def test_an_address_that_the_provider_has_not_confirmed_takes_no_account(
    provider: str, browser: httpx.Client, database_url: str
) -> None:
    register(browser, "Victim", "victim@example.org")
    sql(database_url, "UPDATE users SET email_verified_at = now() WHERE email = 'victim@example.org'")
    assert through_company(browser, "liar") == {"login_error": "email_unverified"}


def test_a_disabled_person_does_not_come_in_by_a_provider(
    provider: str, browser: httpx.Client, database_url: str
) -> None:
    code = through_company(browser, "nameless")["login_code"]
    sql(database_url, "UPDATE users SET disabled_at = now() WHERE email = 'nameless@example.org'")
    problem(exchange(browser, code), 401)
    assert through_company(browser, "nameless") == {"login_error": "account_disabled"}


def test_who_says_no_there_is_not_signed_in(provider: str, browser: httpx.Client) -> None:
    state = parse_qs(urlsplit(begin(browser, "company")).query)["state"][0]
    answer = browser.get(
        f"{START}/company/callback", params={"state": state, "error": "access_denied", "iss": provider}
    )
    assert told(answer) == {"login_error": "access_denied"}


def test_a_provider_that_is_down_is_said_to_be(browser: httpx.Client) -> None:
    for _ in range(2):
        answer = browser.get(f"{START}/down/login")
        assert problem(answer, 503)["reason"] == "provider_unavailable"
        assert "retry-after" in answer.headers


def test_login_through_github(browser: httpx.Client, fakes: FakeProviders) -> None:
    fakes.user = {"id": 4711, "login": "grace", "name": None}
    fakes.emails = [
        {"email": "other@example.net", "primary": False, "verified": True},
        {"email": "Grace@Example.net", "primary": True, "verified": True},
    ]
    grace = Person(browser, "", made(exchange(browser, through_fake(browser, fakes, "github")["login_code"])))
    assert made(grace.get("/me"))["email"] == "grace@example.net"
    assert made(grace.get("/me"))["name"] == "grace"
    # Known by the number from then on, whatever the address is.
    fakes.user, fakes.emails = {"id": 4711, "login": "renamed"}, []
    again = Person(browser, "", made(exchange(browser, through_fake(browser, fakes, "github")["login_code"])))
    assert again.id == grace.id
    # Another number with the name of before is somebody else.
    fakes.user, fakes.emails = {"id": 4712, "login": "grace"}, []
    assert through_fake(browser, fakes, "github") == {"login_error": "email_unverified"}


def test_github_addresses_must_be_confirmed(
    browser: httpx.Client, fakes: FakeProviders, database_url: str
) -> None:
    ada = register(browser)
    sql(database_url, "UPDATE users SET email_verified_at = now() WHERE id = $1", ada.id)
    fakes.user = {"id": 99, "login": "thief"}
    fakes.emails = [{"email": ada.email, "primary": True, "verified": False}]
    assert through_fake(browser, fakes, "github") == {"login_error": "email_unverified"}


@pytest.mark.parametrize(
    ("sign_with", "claims"),
    [
        ("nothing", {}),
        ("client secret", {}),
        ("public key", {}),
        ("stranger", {}),
        ("own", {"iss": "https://accounts.google.com"}),
        ("own", {"aud": "somebody else"}),
        ("own", {"aud": ["studio", "somebody else"], "azp": "somebody else"}),
        ("own", {"nonce": "of another login"}),
        ("own", {"nonce": None}),
        ("own", {"exp": 1_000_000_000}),
        ("own", {"exp": None}),
        ("own", {"sub": None}),
        ("own", {"sub": 5}),
        ("own", {"iat": 9_000_000_000}),
        ("own", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    ],
    ids=str,
)
def test_an_id_token_that_is_not_right_signs_nobody_in(
    browser: httpx.Client, fakes: FakeProviders, sign_with: str, claims: dict[str, object]
) -> None:
    fakes.sign_with, fakes.claims = sign_with, claims
    assert through_fake(browser, fakes, "liar") == {"login_error": "provider_error"}


def test_the_same_id_token_without_the_lie_signs_in(browser: httpx.Client, fakes: FakeProviders) -> None:
    fakes.sign_with, fakes.claims = "own", {}
    assert "login_code" in through_fake(browser, fakes, "liar")


def test_two_first_logins_at_the_same_moment_make_one_account(
    studio_url: str, fakes: FakeProviders, database_url: str
) -> None:
    email = address("twice")
    fakes.sign_with, fakes.claims = "own", {"sub": email, "email": email}
    together = threading.Barrier(4)

    def sign_in(_: int) -> dict[str, str]:
        with client(studio_url, somewhere()) as one:
            back = fakes.approve(begin(one, "liar"))
            together.wait()
            return told(one.get(back))

    with ThreadPoolExecutor(4) as pool:
        assert all("login_code" in said for said in pool.map(sign_in, range(4)))
    assert sql(database_url, "SELECT count(*) FROM users WHERE email = $1", email) == [(1,)]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "@evil.example",
        ".evil.example",
        ":80@evil.example/",
        "javascript:alert(1)",
        "",
        "jobs",
        "/jobs#login_code=planted",
        "///evil.example",
        "/%0d%0aSet-Cookie:x=y\r\n",
        "/\u2028",
    ],
)
def test_the_way_back_leads_nowhere_else(browser: httpx.Client, target: str) -> None:
    """Open redirects."""
    problem(browser.get(f"{START}/liar/login", params={"redirect_to": target}), 400)


@pytest.mark.parametrize("target", ["/", "/jobs", "/jobs/5?tab=log&x=//y", "/a%20b", "/..//evil.example"])
def test_the_way_back_leads_to_paths_of_the_studio(
    browser: httpx.Client, fakes: FakeProviders, target: str
) -> None:
    fakes.sign_with, fakes.claims = "own", {}
    answer = browser.get(fakes.approve(begin(browser, "liar", redirect_to=target)))
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}" == str(browser.base_url).rstrip("/")
    assert answer.headers["location"].partition("#")[0].endswith(target)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
