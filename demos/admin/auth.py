"""Who is an administrator: a password, a link printed at start, or the Space's owner."""

from __future__ import annotations

import hashlib
import hmac
import math
import os
import secrets
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demos.admin.words import say

COOKIE = "studio_session"
FRONT = "admin"  # the fragment that brings the Admin tab to the front
SESSION_SECONDS = 8 * 3600.0
SCRYPT: dict[str, int] = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a guess
FREE_GUESSES = 3  # wrong ones of an address before it has to wait
LONGEST_WAIT = 300.0  # seconds
GUESSES_IN_ALL = 60  # wrong ones of all addresses in a minute
MOST_ADDRESSES = 10_000


@dataclass
class Throttle:
    """Slows guessing: each wrong guess of an address doubles its wait, and all addresses share one budget a minute.

    Args:
        clock: seconds, monotonic.
    """

    clock: Callable[[], float] = time.monotonic
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)
    _recent: list[float] = field(default_factory=list)

    def wait(self, address: str) -> float:
        """Return the seconds until a guess of this address is looked at."""
        now = self.clock()
        self._recent = [at for at in self._recent if at > now - 60]
        together = self._recent[0] + 60 - now if len(self._recent) >= GUESSES_IN_ALL else 0.0
        count, last = self._wrong.get(address, (0, 0.0))
        own = min(2.0 ** (count - FREE_GUESSES), LONGEST_WAIT) if count >= FREE_GUESSES else 0.0
        return max(together, last + own - now, 0.0)

    def wrong(self, address: str) -> None:
        """Note a wrong guess."""
        if len(self._wrong) >= MOST_ADDRESSES:
            self._wrong.pop(min(self._wrong, key=lambda one: self._wrong[one][1]))
        count, _ = self._wrong.get(address, (0, 0.0))
        self._wrong[address] = (min(count + 1, 60), self.clock())
        self._recent.append(self.clock())

    def right(self, address: str) -> None:
        """Forget an address's wrong guesses."""
        self._wrong.pop(address, None)


class Gate:
    """Says who is an administrator, and keeps their sessions.

    A session is a random number in a cookie that scripts cannot read; the server keeps its hash and its end.

    Args:
        password: the administrator's, None where there is none; only its scrypt hash is kept.
        token: what the link printed at start carries, None where none is printed.
        owner: user name of the Space's owner, None off Spaces.
        embedded: whether the page stands in another's frame, as on Spaces: its cookies must say so.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        token: str | None = None,
        owner: str | None = None,
        embedded: bool = False,
    ) -> None:
        self.salt = secrets.token_bytes(16)
        self.password_hash = self._hash(password) if password else None
        self.token_hash = digest(token) if token else None
        self.owner = owner
        self.embedded = embedded
        self.throttle = Throttle()
        self._sessions: dict[str, float] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] | None = None) -> tuple[Gate, str | None]:
        """Return the gate, and the token of the link to print, None where there is no link.

        ``ADMIN_PASSWORD`` is taken out of the environment, so that no process started later inherits it.
        """
        given = os.environ if environment is None else environment
        password = given.pop("ADMIN_PASSWORD", "") or None
        if "SPACE_ID" in given:
            # Anywhere but on Spaces themselves Gradio only plays at signing in, and anybody would be the owner.
            signs_in = given.get("SYSTEM") == "spaces" and "OAUTH_CLIENT_ID" in given
            owner = given.get("SPACE_AUTHOR_NAME") if signs_in else None
            return cls(password=password, owner=owner, embedded=True), None
        token = secrets.token_urlsafe(32)
        return cls(password=password, token=token), token

    @property
    def can_be_entered(self) -> bool:
        """Whether there is any way to become an administrator."""
        return any((self.password_hash, self.token_hash, self.owner))

    def is_admin(self, request: Request | gr.Request | None) -> bool:
        """Say whether a request comes from an administrator."""
        if request is None:
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

    def guess(self, password: str, address: str) -> float | None:
        """Check a password; return None when it is right, else the seconds to wait before the next guess."""
        with self._lock:
            waiting = self.throttle.wait(address)
            if waiting > 0:
                return waiting  # right or wrong, it is not looked at
            self.throttle.wrong(address)  # before the slow part, so that many at once count too
        right = self.password_hash is not None and hmac.compare_digest(self._hash(password), self.password_hash)
        with self._lock:
            if right:
                self.throttle.right(address)
                return None
            return max(self.throttle.wait(address), 0.0)

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
        waiting = await run_in_threadpool(self.guess, password, address)
        if waiting is not None:
            headers = {"Retry-After": str(math.ceil(waiting))}
            return JSONResponse({"error": "wrong", "wait": math.ceil(waiting)}, 429 if waiting else 401, headers)
        answer = JSONResponse({"ok": True})
        self._give(answer, request)
        return answer

    async def _logout(self, request: Request) -> Response:
        """End the session."""
        if not same_origin(request):
            return JSONResponse({"error": "another site"}, 403)
        self.close_session(request.cookies.get(COOKIE, ""))
        answer = JSONResponse({"ok": True})
        answer.delete_cookie(COOKIE, path=prefix_of(request) or "/")
        return answer

    def _give(self, answer: Response, request: Request) -> None:
        """Begin a session; its cookie goes to no neighbour on the same host."""
        answer.set_cookie(
            COOKIE,
            self.open_session(),
            max_age=int(SESSION_SECONDS),
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


def same_origin(request: Request) -> bool:
    """Say whether a request was sent by our own page: a browser says where it comes from."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"  # no script can write this, and no proxy's host name is in it
    origin = request.headers.get("origin")
    if origin is None:
        return True  # no browser, so no other site's doing
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    return origin.partition("://")[2] == host
