"""Settings of the control plane, read from the environment (`STUDIO_*`)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_origin, get_type_hints

import msgspec

from control.errors import ControlError

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""
SOCKETS_VARIABLE = "STUDIO_API_SOCKETS"
"""Numbers of the listening sockets that this process inherits, as `7,9`: the one that all API processes of one
machine share, and one of its own, by which its starter asks how it is."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Tier = Literal["free", "standard", "pro", "enterprise"]


class OidcProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OAuth 2 / OpenID Connect provider that people may sign in with."""

    client_id: str
    client_secret: str
    issuer: str = ""
    """The issuer's address, whose /.well-known/openid-configuration says the rest; google and github need none.
    For github: the address of an Enterprise Server."""
    scopes: str = "openid email profile"
    """What is asked for; github: user:email, always."""
    title: str = ""
    """What people read on the button; empty: the name."""
    trust_email: bool = False
    """Are its addresses confirmed even where it does not say so (`email_verified`)? For a company's own directory."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tier may ask for; None: as much as it likes."""

    requests_per_minute: int | None
    generations_per_hour: int | None
    uploads_per_hour: int | None


class Entitlements(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tier comes with; None: as much as it likes."""

    monthly_credits: int | None
    max_pixels: int
    """Width times height of one picture."""
    seats: int | None
    """Members of the organisation."""
    storage_gib: int | None
    concurrent_jobs: int | None
    """Jobs of the organisation that run at a time."""
    queued_jobs: int | None
    """Jobs of one member that wait at a time."""
    own_models: int | None
    api_keys_generate: bool
    """May API keys submit jobs?"""


class ControlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One field per environment variable, its name in capitals with `STUDIO_` before it; objects and lists are JSON."""

    home: Path = ROOT / "var"
    """Where data lives."""
    host: str = "127.0.0.1"
    """Address that the API and the web UI listen on."""
    port: Port = 8080
    """Their port; 0 takes a free one."""
    web: Path = ROOT / "web" / "dist"
    """The folder of the built web UI (`make web`); where it has no index.html, / says so."""
    api_processes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    """API processes that share the port."""
    stop_seconds: Annotated[float, msgspec.Meta(gt=0)] = 4.0
    """How long requests under way may take to end once an API process is told to stop."""
    public_url: str = ""
    """What people type to reach the studio, for links in mails, OAuth and tokens; empty: http://host:port."""
    comfy_port: Port | Literal["off"] | None = None
    """A port where ComfyUI's API stands at the root, for clients that know a host and a port alone; 0 takes a free one
    (local stack). Unset: the local stack takes 8188 where that is free; off: none."""
    comfy_host: str = ""
    """Address that it listens on; empty: `host`, or 127.0.0.1 with `comfy_account`."""
    comfy_account: str = ""
    """Whoever sends no token there is this account: a mail address, with /ORGANISATION-ID behind it for another
    organisation than the one it joined first; empty: a token is needed."""
    comfy_preview_method: Literal["none", "auto"] = "none"
    """Are jobs of ComfyUI's API painted with previews, where they do not say (`extra_data.preview_method`)?"""
    database_url: str = ""
    """postgresql://user:password@host:port/name; empty: the local stack's own."""
    redis_url: str = ""
    """redis://:password@host:port/0; empty: the local stack's own."""
    s3_url: str = ""
    """Object storage that speaks S3, as https://host:port; empty: the local stack's own."""
    s3_bucket: str = "studio"
    """The bucket that files are kept in."""
    s3_region: str = "us-east-1"
    """Where it is; storage of one's own takes any."""
    s3_access_key: str = ""
    """Who the studio is to the storage; empty with the local stack's own."""
    s3_secret_key: str = ""
    """What proves it."""
    s3_public_url: str = ""
    """Where browsers reach the storage, for presigned addresses; empty: `s3_url`."""
    s3_archive_class: str = "GLACIER"
    """The storage class of what nobody has read for 90 days; empty: everything stays as it is."""
    max_upload_mb: Annotated[int, msgspec.Meta(ge=1)] = 100
    """Largest file that may be uploaded."""
    max_upload_pixels: Annotated[int, msgspec.Meta(ge=1)] = 50_000_000
    """Width times height of the largest picture that may be uploaded."""
    secret_key: str = ""
    """Encrypts what the database keeps secret (32 bytes or more); empty: the local stack makes one in `home`."""
    secret_key_old: str = ""
    """The key before it, until `studio keys reencrypt` has run."""
    signing_key_days: Annotated[int, msgspec.Meta(ge=1)] = 90
    """After how many days another key signs access tokens."""
    password_memory_mb: Annotated[int, msgspec.Meta(ge=8, le=1024)] = 64
    """Memory that hashing a password takes (Argon2id); who signs in after a change is hashed anew."""
    password_passes: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    """Passes over that memory."""
    access_token_seconds: Annotated[int, msgspec.Meta(ge=30)] = 900
    """How long an access token is valid."""
    refresh_token_days: Annotated[int, msgspec.Meta(ge=1)] = 30
    """How long a session lives without use."""
    token_audience: str = "studio"
    """`aud` of access tokens."""
    smtp_url: str = ""
    """smtp://user:password@host:587 (STARTTLS), smtps://… (TLS); empty: mails are written to `home`/mail."""
    mail_from: str = "studio@localhost"
    """Sender of mails."""
    oidc_providers: dict[str, OidcProvider] = {}
    """Name → provider that people may sign in with."""
    cors_origins: list[str] = []
    """Origins whose pages may call the API, and open WebSockets, from a browser."""
    trusted_proxies: list[str] = []
    """Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are."""
    limits: dict[Tier, Limits] = {}
    """Limits of a tier, instead of the usual ones."""
    tiers: dict[Tier, Entitlements] = {}
    """What a tier comes with, instead of the usual."""
    anonymous_requests_per_minute: Annotated[int, msgspec.Meta(ge=1)] = 100
    """Requests that one address may send without a token, logins and failed tokens among them."""
    max_body_kb: Annotated[int, msgspec.Meta(ge=1)] = 1024
    """Largest request body, where a route does not say otherwise."""
    webhook_private: bool = False
    """May webhooks go to addresses of this machine and of private networks, and over plain HTTP?"""
    drain_seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """How long a process that is told to stop goes on taking requests, while /readyz already answers 503, so that
    whoever spreads the load can notice."""
    metrics_token: str = ""
    """Who reads /metrics sends it as Authorization: Bearer …; empty: only this machine may read it."""
    triton_metrics_url: str = ""
    """Triton's own metrics (http://host:8002/metrics), with commas between several servers', whose engine time
    /metrics repeats; empty: it does not."""
    otlp_url: str = ""
    """OpenTelemetry collector (http://host:4318) that traces are sent to; empty: none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What the API logs, from this level on."""

    @property
    def triton_metrics_urls(self) -> list[str]:
        """Addresses of Triton servers' metrics."""
        return [url.strip() for url in self.triton_metrics_url.split(",") if url.strip()]

    @property
    def comfy_address(self) -> str:
        """Where the port of ComfyUI's API listens."""
        return self.comfy_host or ("127.0.0.1" if self.comfy_account else self.host)

    @property
    def url(self) -> str:
        """The public address, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Is it reached over TLS?"""
        return self.url.startswith("https://")


S = TypeVar("S", bound=ControlSettings)


def read_environment(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Settings of `kind` from `STUDIO_*` variables; raises `ControlError` naming the variable that is wrong."""
    env = os.environ if environ is None else environ
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for field in kind.__struct_fields__:
        if (value := env.get(f"STUDIO_{field.upper()}")) is None:
            continue
        given[field] = value
        if get_origin(hints[field]) in (dict, list):
            try:
                given[field] = msgspec.json.decode(value)
            except msgspec.DecodeError as error:
                raise ControlError(
                    f"A STUDIO_* variable in the environment is wrong: {error} - at `$.{field}`"
                ) from None
    try:
        settings = msgspec.convert(given, kind, strict=False, dec_hook=lambda to, value: to(value))
    except msgspec.ValidationError as error:
        raise ControlError(f"A STUDIO_* variable in the environment is wrong: {error}") from None
    return msgspec.structs.replace(
        settings, home=settings.home.expanduser().resolve(), web=settings.web.expanduser().resolve()
    )


def read_settings(environ: Mapping[str, str] | None = None) -> ControlSettings:
    """The control plane's own settings."""
    return read_environment(ControlSettings, environ)
