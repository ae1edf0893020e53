"""Who is let in, as what, and to which page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import apart
import pytest

from kpi import access, sign_in
from kpi.access import AccessError, Permissions, Person

KNOWN = Permissions(
    claims={"Officers": "officer", "Members": "committee"},
    people={"director@council.example": "director"},
)
NOW = datetime(2025, 4, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ({"roles": ["Members"]}, "committee"),
        ({"roles": "Officers"}, "officer"),
        ({"roles": ["Members", "Officers"]}, "officer"),
        ({"roles": ["Strangers"]}, None),
        ({"roles": [None, {"a": 1}]}, None),
        ({}, None),
        ({"email": "Director@Council.example "}, "director"),
        ({"email": "director@council.example", "email_verified": False}, None),
        ({"preferred_username": "director@council.example"}, "director"),
        ({"email": "someone@council.example", "sub": "director@council.example"}, None),
    ],
)
def test_a_role_follows_from_claim_or_list(user, role):
    assert access.roles_in(KNOWN, user, ["one"]) == ({"one": role} if role else {})


@pytest.mark.parametrize(
    ("user", "roles"),
    [
        ("keeper@a.example", {"one": "admin", "two": "admin", "three": "admin"}),
        ("officer@a.example", {"one": "officer"}),
        ("officer@b.example", {"two": "officer"}),
        ("Region@c.example", {"one": "director", "two": "director", "three": "director"}),
        ("both@d.example", {"two": "committee", "three": "committee"}),
        ("gone@e.example", {}),
    ],
)
def test_a_role_is_for_the_councils_that_are_named(tmp_path, user, roles):
    path = tmp_path / "roles.toml"
    path.write_text(
        """
        [people]
        "keeper@a.example" = "admin"
        "officer@a.example" = "officer"
        "officer@b.example" = { role = "officer", councils = ["two"] }
        "region@c.example" = { role = "director", councils = "all" }
        "both@d.example" = { role = "committee", councils = ["three", "two"] }
        "gone@e.example" = { role = "officer", councils = ["nowhere"] }
        """,
        encoding="utf-8",
    )
    known = access.permissions(path)
    assert access.roles_in(known, {"email": user}, ["one", "two", "three"]) == roles


def test_of_two_roles_in_a_council_the_higher_counts():
    known = Permissions(
        claims={"A": "committee", "B": "officer"}, councils={"A": ("all",), "B": ("two",)}
    )
    found = access.roles_in(known, {"roles": ["A", "B"]}, ["one", "two"])
    assert found == {"one": "committee", "two": "officer"}


@pytest.mark.parametrize(
    ("issued", "ended"),
    [
        (NOW - timedelta(hours=7), False),
        (NOW - timedelta(hours=9), True),
        (NOW + timedelta(minutes=4), False),
        (NOW + timedelta(hours=1), True),
    ],
)
def test_a_session_lasts_its_hours(issued, ended):
    assert access.has_ended({"iat": issued.timestamp()}, 8, NOW) == ended


def test_a_sign_in_of_no_time_has_ended():
    assert access.has_ended({"iat": "yesterday"}, 8, NOW)
    assert access.has_ended({}, 8, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "not [toml",
        '[people]\n"a@b.example" = "emperor"',
        "claims = 3",
        "\x00",
        '[people]\n"a@b.example" = { role = "emperor" }',
        '[people]\n"a@b.example" = { role = "officer", councils = "emperor" }',
        '[people]\n"a@b.example" = { role = "officer", councils = [3] }',
        '[people]\n"a@b.example" = { role = "officer", councils = [] }',
        '[people]\n"a@b.example" = { role = "officer", council = "emperor" }',
    ],
)
def test_a_list_that_cannot_be_read_lets_nobody_in(tmp_path, text):
    path = Path(tmp_path / "roles.toml")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AccessError) as error:
        access.permissions(path)
    assert "emperor" not in str(error.value)
    with pytest.raises(AccessError):
        access.permissions(tmp_path / "nothing.toml")


def test_a_page_is_for_its_roles():
    officer, member = Person(role="officer"), Person(role="committee")
    assert access.may(officer, ["officer", "admin"])
    assert not access.may(member, ["officer", "admin"])
    assert access.may(member, [])
    assert access.may(Person(role="officer", is_alone=True), ["admin"])


# ---- where there is no sign-in ----

SET = {name: "x" * 40 for name in sign_in.NEEDED}


def test_sign_in_is_set_whole_or_not_at_all():
    assert sign_in.secrets({}) == {}
    assert sign_in.secrets({"KPI_ROLES": "roles.toml"}) == {}
    assert sign_in.secrets(SET)["auth"]["redirect_uri"].endswith("/oauth2callback")
    for name in sign_in.NEEDED:
        with pytest.raises(sign_in.SignInError, match=name):
            sign_in.secrets(SET | {name: " "})
    with pytest.raises(sign_in.SignInError, match="too short"):
        sign_in.secrets(SET | {"KPI_SIGN_IN_COOKIE": "short"})


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.4", "", None, "kpi.council.example"])
def test_without_sign_in_nobody_listens_wider(address):
    with pytest.raises(sign_in.SignInError, match="KPI_SIGN_IN_URL"):
        sign_in.refuse_wider(address, signs_in=False)
    sign_in.refuse_wider(address, signs_in=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_this_computer_is_served(address):
    sign_in.refuse_wider(address, signs_in=False)


def asked(client: str, host: str, *headers: tuple[bytes, bytes], kind: str = "http") -> object:
    """What a request gets: the status, or the type of what is sent to a web socket."""
    sent: list[dict[str, object]] = []

    async def served(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "client": (client, 1), "headers": [(b"host", host.encode()), *headers]}
    apart.run(sign_in.ThisComputerOnly(served)(scope, receive, send))
    return sent[0].get("status", sent[0]["type"])


@pytest.mark.parametrize(
    ("client", "host", "headers", "status"),
    [
        ("127.0.0.1", "localhost:8501", [], 200),
        ("127.0.0.1", "127.0.0.1", [], 200),
        ("::1", "[::1]:8501", [], 200),
        ("10.0.0.7", "127.0.0.1:8501", [], 403),
        ("127.0.0.1", "evil.example:8501", [], 403),
        ("127.0.0.1", "", [], 403),
        ("127.0.0.1", "localhost", [(b"X-Forwarded-For", b"10.0.0.7")], 403),
        ("127.0.0.1", "localhost", [(b"forwarded", b"for=10.0.0.7")], 403),
    ],
)
def test_only_this_computer_is_answered(client, host, headers, status):
    assert asked(client, host, *headers) == status


def test_a_web_socket_from_elsewhere_is_closed():
    assert asked("10.0.0.7", "localhost", kind="websocket") == "websocket.close"
