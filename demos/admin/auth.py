"""Who is an administrator: a password, a link printed at start, or the Space's owner."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import os
import secrets
import threading
import time
from collections.abc import MutableMapping
from urllib.parse import urlsplit

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demos.admin import devices
from demos.admin.devices import Devices
from demos.admin.guesses import Crowded, Guesses
from demos.admin.words import say
from pipelines.common.home import studio_home

COOKIE = "studio_session"
FRONT = "admin"  # the tab's name, and the fragment that brings it to the front
SESSION_SECONDS = 8 * 3600.0
SCRYPT: dict[str, int] = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a guess


class Gate:
    """Says who is an administrator, and keeps their sessions.

    A session is a random number in a cookie that scripts cannot read; the server keeps its hash and its end.

    Args:
        password: the administrator's, None where there is none; only its scrypt hash is kept.
        token: what the link printed at start carries, None where none is printed.
        owner: user name of the Space's owner, None off Spaces.
        embedded: whether the page stands in another's frame, as on Spaces: its cookies must say so.
        device_key: signs the cookies of browsers that were signed in with; by default one for this process alone.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        token: str | None = None,
        owner: str | None = None,
        embedded: bool = False,
        device_key: bytes | None = None,
    ) -> None:
        self.salt = secrets.token_bytes(16)
        self.password_hash = self._hash(password) if password else None
        self.token_hash = digest(token) if token else None
        self.owner = owner
        self.embedded = embedded
        self.guesses = Guesses()
        self.devices = Devices(device_key or secrets.token_bytes(32))
        self._hashing = asyncio.Lock()  # one at a time, so that a flood costs one processor and 16 MiB
        self._sessions: dict[str, float] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] | None = None) -> tuple[Gate, str | None]:
        """Return the gate, and the token of the link to print, None where there is no link.

        ``ADMIN_PASSWORD`` is taken out of the environment, so that no process started later inherits it.
        """
        given = os.environ if environment is None else environment
        password = given.pop("ADMIN_PASSWORD", "") or None
        key = devices.kept_key(studio_home() / "devices.key") if password else None
        if "SPACE_ID" in given:
            # Anywhere but on Spaces themselves Gradio only plays at signing in, and anybody would be the owner.
            signs_in = given.get("SYSTEM") == "spaces" and "OAUTH_CLIENT_ID" in given
            owner = given.get("SPACE_AUTHOR_NAME") if signs_in else None
            return cls(password=password, owner=owner, embedded=True, device_key=key), None
        token = secrets.token_urlsafe(32)
        return cls(password=password, token=token, device_key=key), token

    @property
    def can_be_entered(self) -> bool:
        """Whether there is any way to become an administrator."""
        return any((self.password_hash, self.token_hash, self.owner))

    def is_admin(self, request: Request | gr.Request | None) -> bool:
        """Say whether a request comes from an administrator, and from our own page: another site sends cookies too."""
        if request is None or not same_origin(request):
            return False
        cookie = (getattr(request, "cookies", None) or {}).get(COOKIE, "")
        with self._lock:
            end = self._sessions.get(digest(cookie)) if cookie else None
        if end is not None and time.time() < end:
            return True
        return self.owner is not None and signed_in_name(request) == self.owner

    def admit(self, visitor: gr.Request | None, language: str) -> None:
        """Raise a sentence for anybody but an administrator."""
        if not self.is_admin(visitor):
            raise gr.Error(say("admin_only", language), print_exception=False)

    async def guess(self, password: str, address: str, device: str | None = None) -> bool:
        """Say whether a password is right, when its turn has come.

        Args:
            password: the guess.
            address: where it comes from.
            device: the browser, where an administrator has signed in with it before.

        Raises:
            Crowded: too many guesses wait; this one was not looked at.
        """
        async with self.guesses.turn(address, device) as lane:
            async with self._hashing:
                given = await run_in_threadpool(self._hash, password)
            right = self.password_hash is not None and hmac.compare_digest(given, self.password_hash)
            if right:
                lane.wrong = 0
        return right

    def token_is_right(self, token: str) -> bool:
        """Check the token of the printed link."""
        return self.token_hash is not None and hmac.compare_digest(digest(token), self.token_hash)

    def open_session(self) -> str:
        """Begin a session and return what its cookie holds."""
        session, now = secrets.token_urlsafe(32), time.time()
        with self._lock:
            self._sessions = {key: end for key, end in self._sessions.items() if end > now}
            self._sessions[digest(session)] = now + SESSION_SECONDS
        return session

    def close_session(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(digest(session), None)

    def routes(self) -> list[Route]:
        """Return the routes that begin and end sessions."""
        return [
            Route("/studio/enter", self._enter, methods=["GET"]),
            Route("/studio/login", self._login, methods=["POST"]),
            Route("/studio/logout", self._logout, methods=["POST"]),
        ]

    async def _enter(self, request: Request) -> Response:
        """Take the token of the printed link, and lead on to the page without it."""
        home = RedirectResponse(f"{prefix_of(request)}/#{FRONT}", status_code=303)
        home.headers["Referrer-Policy"] = "no-referrer"
        if self.token_is_right(request.query_params.get("token", "")):
            self._give(home, request)
        return home

    async def _login(self, request: Request) -> Response:
        """Take a password."""
        if not same_origin(request):
            return JSONResponse({"error": "another site"}, 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > 1024:
                return JSONResponse({"error": "too long"}, 413)
        address = request.client.host if request.client else "?"
        password = body.decode("utf-8", errors="replace")
        device = self.devices.name_in(request.cookies.get(devices.COOKIE, ""))
        try:
            right = await self.guess(password, address, device)
        except Crowded as error:
            seconds = math.ceil(error.seconds)
            return JSONResponse({"error": "crowded", "wait": seconds}, 429, {"Retry-After": str(seconds)})
        if not right:
            return JSONResponse({"error": "wrong"}, 401)
        answer = JSONResponse({"ok": True})
        self._give(answer, request)
        return answer

    async def _logout(self, request: Request) -> Response:
        """End the session."""
        if not same_origin(request):
            return JSONResponse({"error": "another site"}, 403)
        self.close_session(request.cookies.get(COOKIE, ""))
        if "session" in request.scope:
            request.session.pop("oauth_info", None)  # the Space's owner, whom Gradio has signed in
        answer = JSONResponse({"ok": True})
        answer.delete_cookie(COOKIE, path=prefix_of(request) or "/")
        return answer

    def _give(self, answer: Response, request: Request) -> None:
        """Begin a session, and make the browser known; no cookie goes to a neighbour on the same host."""
        lasting = {COOKIE: (self.open_session(), SESSION_SECONDS)}
        if self.devices.name_in(request.cookies.get(devices.COOKIE, "")) is None:
            lasting[devices.COOKIE] = (self.devices.cookie(), devices.SECONDS)
        for name, (value, seconds) in lasting.items():
            answer.set_cookie(
                name,
                value,
                max_age=int(seconds),
                path=prefix_of(request) or "/",
                httponly=True,
                secure=self.embedded,
                samesite="none" if self.embedded else "strict",
            )

    def _hash(self, password: str) -> bytes:
        return hashlib.scrypt(password.encode()[:1024], salt=self.salt, **SCRYPT)


def digest(text: str) -> str:
    """Return the hash of a random number: whoever reads our memory or a log learns no session."""
    return hashlib.sha256(text.encode()).hexdigest()


def signed_in_name(request: Request | gr.Request) -> str | None:
    """Return the Hugging Face user of a request, None where nobody has signed in."""
    inner = getattr(request, "request", request)
    if "session" not in getattr(inner, "scope", {}):
        return None
    user = (inner.session.get("oauth_info") or {}).get("userinfo") or {}
    name = user.get("preferred_username")
    return str(name) if name else None


def prefix_of(request: Request) -> str:
    """Return the path under which a reverse proxy shows the page, empty where that is the root.

    Gradio takes it from ``GRADIO_ROOT_PATH``, a path or a whole address.
    """
    path = urlsplit(str(request.scope.get("root_path", ""))).path.strip("/")
    return f"/{path}" if path else ""


def same_origin(request: Request | gr.Request) -> bool:
    """Say whether a request was sent by our own page: a browser says where it comes from."""
    headers = getattr(request, "headers", None) or {}
    site = headers.get("sec-fetch-site")
    if site is not None:
        return bool(site == "same-origin")  # no script can write this, and no proxy's host name is in it
    origin = headers.get("origin")
    if origin is None:
        return True  # no browser, so no other site's doing
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return bool(origin.partition("://")[2] == host)
