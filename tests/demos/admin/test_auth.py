from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from demos.admin import auth
from demos.admin.auth import COOKIE, Gate

PASSWORD = "correct horse"


def client(gate: Gate, root_path: str = "", **options: Any) -> TestClient:
    def who(request: Request) -> JSONResponse:
        return JSONResponse(gate.is_admin(request))

    app = Starlette(routes=[*gate.routes(), Route("/who", who)], **options)
    return TestClient(app, follow_redirects=False, root_path=root_path)


def admin(visitor: TestClient) -> bool:
    return bool(visitor.get("/who").json())


def test_the_right_password_opens_a_session_that_ends() -> None:
    gate = Gate(password=PASSWORD)
    visitor, stranger = client(gate), client(gate)
    assert not admin(visitor)
    answer = visitor.post("/studio/login", content=PASSWORD)
    assert answer.status_code == 200 and admin(visitor) and not admin(stranger)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "max-age=28800" in cookie
    stolen = {COOKIE: visitor.cookies[COOKIE]}
    assert visitor.post("/studio/logout").status_code == 200
    assert not admin(visitor) and not client(gate).get("/who", cookies=stolen).json(), "it has ended for everybody"


def test_a_session_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(password=PASSWORD)
    visitor = client(gate)
    visitor.post("/studio/login", content=PASSWORD)
    later = time.time() + auth.SESSION_SECONDS + 1
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: later, monotonic=time.monotonic))
    assert not admin(visitor)


@pytest.mark.parametrize("wrong", ["", "Correct horse", "correct horse ", "x" * 900, "\x00", "пароль"])
def test_a_wrong_password_opens_nothing(wrong: str) -> None:
    visitor = client(Gate(password=PASSWORD))
    assert visitor.post("/studio/login", content=wrong.encode()).status_code == 401
    assert not admin(visitor) and COOKIE not in visitor.cookies


def test_without_a_password_none_is_right() -> None:
    gate = Gate(token="t" * 43)
    for guess in ("", "None", "t" * 43):
        assert client(gate).post("/studio/login", content=guess).status_code != 200


def test_what_is_too_long_is_not_hashed() -> None:
    assert client(Gate(password=PASSWORD)).post("/studio/login", content=b"x" * 5000).status_code == 413


def test_another_site_can_neither_sign_in_nor_out() -> None:
    gate = Gate(password=PASSWORD)
    visitor = client(gate)
    foreign, own = {"origin": "https://evil.example"}, {"origin": "http://testserver"}
    assert visitor.post("/studio/login", content=PASSWORD, headers=foreign).status_code == 403
    assert visitor.post("/studio/login", content=PASSWORD, headers=own).status_code == 200
    assert visitor.post("/studio/logout", headers=foreign).status_code == 403 and admin(visitor)
    cross_site = {"origin": "http://testserver", "sec-fetch-site": "cross-site"}
    assert visitor.post("/studio/logout", headers=cross_site).status_code == 403 and admin(visitor)
    for headers in (foreign, cross_site):
        assert not visitor.get("/who", headers=headers).json(), "it acts for an administrator, by whose cookie it comes"
    inside: Any = SimpleNamespace(cookies={COOKIE: gate.open_session()}, headers=cross_site)
    with pytest.raises(gr.Error, match="Only an administrator"):
        gate.admit(inside, "en")


def test_a_proxy_that_keeps_its_host_name_to_itself_is_no_other_site() -> None:
    behind = {"origin": "https://studio.example.org", "sec-fetch-site": "same-origin"}
    assert client(Gate(password=PASSWORD)).post("/studio/login", content=PASSWORD, headers=behind).status_code == 200


def test_the_printed_link_signs_in_and_leaves_no_token_behind() -> None:
    gate, token = Gate.from_environment({})
    assert token is not None and len(token) >= 40
    visitor = client(gate)
    for wrong in ("", token[:-1], token + "x"):
        assert visitor.get("/studio/enter", params={"token": wrong}).headers["location"] == "/#admin" and not admin(
            visitor
        )
    answer = visitor.get("/studio/enter", params={"token": token})
    assert answer.headers["location"] == "/#admin" and answer.headers["referrer-policy"] == "no-referrer"
    assert admin(visitor)


@pytest.mark.parametrize(
    ("root", "path"),
    [("", "/"), ("/studio-x", "/studio-x"), ("https://example.org/a/b/", "/a/b"), ("https://e.org", "/")],
)
def test_under_a_proxys_path_nothing_leads_out_of_it(root: str, path: str) -> None:
    gate, token = Gate.from_environment({"ADMIN_PASSWORD": PASSWORD})
    visitor = client(gate, root)
    entered = visitor.get("/studio/enter", params={"token": token})
    assert entered.headers["location"] == f"{path.rstrip('/')}/#admin"
    for answer in (entered, visitor.post("/studio/login", content=PASSWORD), visitor.post("/studio/logout")):
        cookies = answer.headers.get_list("set-cookie")
        assert cookies and all(f"path={path};" in cookie.lower() + ";" for cookie in cookies)


def test_the_environment_says_who() -> None:
    environment = {"ADMIN_PASSWORD": PASSWORD, "PATH": "/bin"}
    gate, token = Gate.from_environment(environment)
    assert environment == {"PATH": "/bin"}, "no process started later inherits it"
    assert token is not None and client(gate).post("/studio/login", content=PASSWORD).status_code == 200
    assert PASSWORD not in repr(vars(gate))


def test_in_a_space_there_is_no_link_and_nobody_unless_it_is_set_up() -> None:
    gate, token = Gate.from_environment({"SPACE_ID": "me/studio", "SPACE_AUTHOR_NAME": "me"})
    assert token is None and not gate.can_be_entered
    gate, _ = Gate.from_environment({"SPACE_ID": "me/studio", "ADMIN_PASSWORD": PASSWORD})
    cookie = client(gate).post("/studio/login", content=PASSWORD).headers["set-cookie"].lower()
    assert "samesite=none" in cookie and "secure" in cookie, "the page stands in the Hub's frame"


def test_in_a_space_its_owner_is_who_signed_in_as_such() -> None:
    space = {"SYSTEM": "spaces", "SPACE_ID": "me/studio", "SPACE_AUTHOR_NAME": "me", "OAUTH_CLIENT_ID": "x"}
    for missing in ("SYSTEM", "SPACE_AUTHOR_NAME", "OAUTH_CLIENT_ID"):
        assert Gate.from_environment({key: one for key, one in space.items() if key != missing})[0].owner is None
    gate, _ = Gate.from_environment(dict(space))
    assert gate.can_be_entered

    async def sign_in(request: Request) -> JSONResponse:
        request.session["oauth_info"] = {"userinfo": {"preferred_username": request.query_params["as"]}}
        return JSONResponse({})

    def who(request: Request) -> JSONResponse:
        return JSONResponse(gate.is_admin(request))

    routes = [*gate.routes(), Route("/who", who), Route("/sign_in", sign_in)]
    app = Starlette(routes=routes, middleware=[Middleware(SessionMiddleware, secret_key="s")])
    visitor = TestClient(app)
    assert not admin(visitor)
    for name, right in (("somebody", False), ("", False), ("me", True)):
        visitor.get("/sign_in", params={"as": name})
        assert admin(visitor) is right
    assert not visitor.get("/who", headers={"sec-fetch-site": "cross-site"}).json()
    visitor.post("/studio/logout")
    assert not admin(visitor), "the next person at this computer is not the owner"


def test_an_administrator_alone_is_admitted() -> None:
    gate = Gate(password=PASSWORD)
    inside: Any = SimpleNamespace(cookies={COOKIE: gate.open_session()})
    outside: Any = SimpleNamespace(cookies={COOKIE: "x" * 43})
    gate.admit(inside, "en")
    for visitor in (outside, SimpleNamespace(cookies={}), None):
        with pytest.raises(gr.Error, match="Only an administrator"):
            gate.admit(visitor, "en")  # type: ignore[arg-type]
    with pytest.raises(gr.Error, match="管理者"):
        gate.admit(outside, "ja")
