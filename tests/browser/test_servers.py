"""Two servers over one lake behind nginx: one figure everywhere, and readers outlive a server."""

import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from http.cookiejar import CookieJar

import pytest
from browser.serving import LOADS, server, settled
from browser.signing import nobody_signs_in
from browser.test_journeys import card_of, rows, upload, written
from lake.nginx import balancing, program
from places import IN_LAKES
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.lake,
    pytest.mark.browser,
    pytest.mark.skipif(not IN_LAKES, reason="make test-lake runs the tests of lakes"),
    pytest.mark.skipif(not program(), reason="nginx is missing: apt-get install nginx-light"),
]
READERS = 6
AWAY = 30  # seconds that PostgreSQL is gone
#: The same on every server, so that a session is known to all; who is not signed in is let in.
SAME = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same on every server", "KPI_PUBLIC": "yes"}


@pytest.fixture(scope="module")
def lake(places):
    return places.sample()


@pytest.fixture(scope="module")
def pair(lake, tmp_path_factory):
    """The addresses of two servers over one lake."""
    folder = tmp_path_factory.mktemp("pair")
    with server(lake, folder) as (first, _), server(lake, folder) as (second, _):
        yield first, second


@pytest.fixture(scope="module")
def balanced(lake, tmp_path_factory):
    """Two servers behind nginx, by address, and the address that it gives them.

    Behind a proxy nobody is served without sign-in; here those who are not signed in are let in.
    """
    folder = tmp_path_factory.mktemp("balanced")
    folder.chmod(0o755)
    same = SAME | nobody_signs_in(folder)
    with server(lake, folder, **same) as first, server(lake, folder, **same) as second:
        found = {address.removeprefix("http://"): process for address, process in (first, second)}
        with balancing(list(found), folder) as address:
            yield found, address


class Readers:
    """Threads that ask for pages through nginx, each with its own cookie, and count the answers."""

    def __init__(self, address: str) -> None:
        self.address, self.answers = address, Counter()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(60)

    def _read(self) -> None:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        while not self._ended.wait(0.02):
            for page in ("/", "/measure?kpi=cp_open", "/_stcore/health"):
                try:
                    with opener.open(self.address + page, timeout=20) as answer:
                        answer.read()
                        self.answers[answer.status] += 1
                except (OSError, urllib.error.URLError) as error:
                    self.answers[f"{type(error).__name__}: {error}"] += 1


def say(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")


def server_of(page, address):
    """Which server the session of a page is with."""
    return page.context.request.get(f"{address}/_stcore/health").headers["x-server"]


def search(page, word):
    """Type a word on the page of definitions, which its session has to answer."""
    page.get_by_label("Find a measure, a column or a word").fill(word)
    expect(page.get_by_role("status").filter(has_text="mention")).to_contain_text(word)


def connected(page):
    page.wait_for_selector('[data-test-connection-state="CONNECTED"]', timeout=60_000)
    settled(page)


def test_a_publication_on_one_shows_on_the_other_at_once(pair, visit, tmp_path):
    one, other = pair
    reader, officer = visit(other), visit(f"{one}/upload")
    expect(card_of(reader, "Children on a child protection plan")).to_contain_text("139")
    changed = rows()
    changed[0]["cp_open"] = str(int(changed[0]["cp_open"]) + 1)
    upload(officer, written(tmp_path, changed))
    expect(officer.get_by_text("Ready: 1 changed")).to_be_visible()
    officer.get_by_label("Your role").fill("Performance officer")
    officer.get_by_text("I have looked at the warnings.").click()
    officer.get_by_role("textbox", name="Reason for the change").fill("One plan was entered late")
    officer.get_by_role("button", name="Publish", exact=True).click()
    expect(officer.get_by_text(f"is published as load {LOADS + 1}")).to_be_visible(timeout=60_000)
    # Nothing is waited for: the first page that the other server draws from now on shows it.
    begun = time.monotonic()
    reader.reload()
    settled(reader)
    text = card_of(reader, "Children on a child protection plan").inner_text()
    say(f"The other server's next page, drawn in {time.monotonic() - begun:.1f} s, shows it")
    assert "140" in text


def test_postgresql_away_is_a_plain_page_that_comes_back_by_itself(balanced, visit, postgres):
    _, address = balanced
    page = visit(f"{address}/measure?kpi=cp_open")
    with Readers(address) as readers:
        postgres.stop()
        begun = time.monotonic()
        try:
            page.reload()
            said = page.get_by_role("alert").filter(has_text="PostgreSQL catalogue")
            expect(said).to_contain_text("The dashboard goes on by itself", timeout=60_000)
            assert "Traceback" not in page.locator("body").inner_text()
            time.sleep(max(0, AWAY - (time.monotonic() - begun)))
        finally:
            postgres.start()
        back = time.monotonic()
        expect(page.locator("h1")).to_contain_text("child protection plan", timeout=60_000)
        say(
            f"PostgreSQL was away for {back - begun:.0f} s; the open page came back by itself "
            f"{time.monotonic() - back:.1f} s after it. Answers meanwhile: {dict(readers.answers)}"
        )
    assert set(readers.answers) == {200}


def test_sessions_go_on_when_a_server_is_killed_under_load(balanced, visit):
    servers, address = balanced
    pages = [visit(f"{address}/definitions") for _ in range(4)]
    while len({server_of(page, address) for page in pages}) < 2 and len(pages) < 10:
        pages.append(visit(f"{address}/definitions"))
    with_server = Counter(server_of(page, address) for page in pages)
    assert set(with_server) == set(servers)
    for page in pages:
        search(page, "supervision")
    victim = next(iter(servers))
    with Readers(address) as readers:
        time.sleep(2)
        before = readers.answers.total()
        servers[victim].kill()
        servers[victim].wait(30)
        begun = time.monotonic()
        for page in pages:
            connected(page)
            search(page, "caseload")
            assert server_of(page, address) != victim
        back = time.monotonic() - begun
        time.sleep(3)
    after = readers.answers.total() - before
    faults = {answer: count for answer, count in readers.answers.items() if answer != 200}
    say(
        f"{with_server[victim]} of {len(pages)} sessions were with the server that was killed; all "
        f"answered {back:.1f} s later. Requests: {before} before the kill, {after} after, errors: "
        f"{faults or 'none'}"
    )
    # A request that the killed server had begun to answer may be lost; no other.
    assert sum(faults.values()) <= READERS
