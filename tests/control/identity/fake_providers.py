"""Providers that no test can reach or would believe: GitHub's endpoints, and an issuer that lies on request.

What a person would do at the provider's page, `approve` does; the issuer's page does it for browsers.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.control.identity.forge import unsigned, with_mac

SECRET = "a secret/with+odd%characters"


class FakeProviders:
    """Both on one port; `emails`, `user` and `lie` are what the next login meets."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "theirs", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "theirs", "use": "sig"})
        self.user: dict[str, Any] = {}
        self.emails: list[dict[str, Any]] = []
        self.claims: dict[str, Any] = {}
        """Instead of those that an honest issuer would send; None: leave it out."""
        self.sign_with = "own"
        self.codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeProviders":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def approve(self, location: str) -> str:
        """The person says yes: where the provider sends the browser back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["client_id"] == "studio"
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'unknown': 'x'})}"

    def token_answer(self, form: dict[str, str]) -> dict[str, Any]:
        """What the token endpoints say."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form.get("client_secret") != SECRET
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return {"error": "bad_verification_code"}
        answer = {"access_token": "at-of-the-provider", "token_type": "bearer"}
        if "nonce" in asked:
            answer["id_token"] = self._id_token(asked["nonce"])
        return answer

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/issuer", "sub": "person", "aud": "studio", "nonce": nonce,
            "iat": now, "exp": now + 60, "email": "person@example.com", "email_verified": True, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        match self.sign_with:
            case "nothing":
                return unsigned({"alg": "none"}, claims)
            case "client secret":
                return with_mac({"alg": "HS256"}, claims, SECRET.encode())
            case "public key":
                return with_mac({"alg": "HS256", "kid": "theirs"}, claims, self.key.as_pem(private=False))
            case _:
                key = self.stranger if self.sign_with == "stranger" else self.key
                return jwt.encode({"alg": "RS256", "kid": "theirs"}, claims, key)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fakes = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer = f"{fakes.url}/issuer"
                answers: dict[str, Any] = {
                    "/issuer/.well-known/openid-configuration": {
                        "issuer": issuer,
                        "authorization_endpoint": f"{issuer}/authorize",
                        "token_endpoint": f"{issuer}/token",
                        "jwks_uri": f"{issuer}/jwks",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                    },
                    "/issuer/jwks": KeySet([fakes.key]).as_dict(private=False),
                    "/api/v3/user": fakes.user,
                    "/api/v3/user/emails": fakes.emails,
                }
                path = urlsplit(self.path).path
                if path == "/issuer/authorize":
                    # Whoever comes says yes.
                    self.send_response(303)
                    self.send_header("Location", fakes.approve(self.path))
                    self.end_headers()
                elif (
                    path.startswith("/api/") and self.headers["Authorization"] != "Bearer at-of-the-provider"
                ):
                    self._answer(401, {"message": "Bad credentials"})
                else:
                    self._answer(200 if path in answers else 404, answers.get(path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                known = self.path in {"/issuer/token", "/login/oauth/access_token"}
                # As GitHub does: errors come with 200.
                self._answer(200 if known else 404, fakes.token_answer(form) if known else None)

            def _answer(self, status: int, body: object) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
