"""The shape of the house: rules that a linter cannot see, each with the harm that it prevents."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUERIES = sorted((ROOT / "queries").glob("*.sql"))
WRITES = sorted((ROOT / "queries" / "write").glob("*.sql"))
WRITE_CALL = re.compile(r'\bwrite\(\s*"(\w+)"')
DATA_FILE = re.compile(r"\.(csv|tsv|xlsx?|ods|parquet|duckdb|db|sqlite3?)(\.gz|\.wal)?$", re.I)
DATA_FOLDERS = ("data/reference/", "data/sample/", "tests/")
VAGUE_NAME = re.compile(r"(^|_)(utils?|helpers?|managers?)(_|$)|[a-z](Utils?|Helpers?|Manager)$")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2705\u274c\u2728\u2753-\u2757\ufe0f]")
MACHINE = re.compile(
    r"(?<![\w.-])/(work|tmp|root|home)/"
    r"|pypi\.org|pythonhosted|npmjs|(deb|security)\.debian\.org|crates\.io|proxy\.golang"
)
PIN = re.compile(r"[\w.-]+(\[\w+\])?==[\w.]+(; sys_platform != \"win32\")?")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.fixture(scope="module")
def committed() -> list[str]:
    """Paths that are in git, or would be after `git add`."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone, so there is no list of committed files")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_over(limit: int, paths: list[Path]) -> list[str]:
    return [path.name for path in paths if len(read(path).splitlines()) >= limit]


def test_no_page_lies_directly_in_pages():
    """Streamlit serves pages/*.py to anyone until the router has run once."""
    assert not list((ROOT / "pages").glob("*.py"))


def test_pages_are_short():
    assert not lines_over(80, [ROOT / "dashboard.py", *python_files("pages")])


def test_modules_are_short():
    assert not lines_over(400, python_files("kpi"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_duckdb_has_one_door():
    """Ruff's ban cannot tell a page, which may import Streamlit, from one that imports DuckDB."""
    paths = [ROOT / "dashboard.py", *python_files("pages", "kpi", "data")]
    assert [path.name for path in paths if "duckdb" in imported(path)] == ["engine.py"]


def test_streamlit_stays_on_the_surface():
    speakers = [path for path in python_files("kpi") if "streamlit" in imported(path)]
    assert speakers
    assert all("ui" in path.relative_to(ROOT / "kpi").parts for path in speakers)


def test_there_are_queries():
    assert QUERIES


def header(query: Path) -> tuple[str, list[str]]:
    """What the opening comment says, and the names of the fields after it."""
    comment = re.match(r"(--.*\n)+", read(query))
    assert comment, f"{query.name} opens with a comment"
    says, *fields = re.split(r"^-- (?=\w+:)", comment[0], flags=re.M)
    return says, [field.partition(":")[0] for field in fields]


@pytest.mark.parametrize("query", [*QUERIES, *WRITES], ids=lambda query: query.stem)
def test_query_has_a_header(query):
    """The header is the query's contract: what it answers or does, what it takes and gives."""
    says, fields = header(query)
    assert says
    assert fields == ["params", "returns"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_query_says_its_grain(query):
    says, _ = header(query)
    assert re.search(r"\bone row\b", says, re.I), "says of what there is one row"


@pytest.fixture(scope="module")
def code() -> str:
    return "\n".join(read(path) for path in python_files("kpi"))


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_query_is_used(query, code):
    assert f'"{query.stem}"' in WRITE_CALL.sub("", code)


def test_writes_are_used(code):
    assert {query.stem for query in WRITES} == set(WRITE_CALL.findall(code))


def defined(path: Path) -> list[str]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.walk(ast.parse(read(path)))
    return [path.stem, *(node.name for node in tree if isinstance(node, kinds))]


def test_names_say_what_a_thing_is():
    paths = python_files("kpi", "pages", "tests", "data")
    assert not [name for path in paths for name in defined(path) if VAGUE_NAME.search(name)]


def test_no_emoji(committed):
    """They look different on every computer, and a screen reader spells them out."""
    texts = [name for name in committed if name.endswith((".py", ".toml", ".md", ".sql"))]
    assert not [name for name in texts if EMOJI.search(read(ROOT / name))]


def test_data_files_lie_where_no_child_is(committed):
    """A council's own files must not reach git; these folders hold made-up or published figures."""
    files = [name for name in committed if DATA_FILE.search(name)]
    assert not [name for name in files if not name.startswith(DATA_FOLDERS)]


def test_nothing_names_one_machine(committed):
    """A path or package server of the computer it was written on works nowhere else."""
    found = []
    for name in committed:
        if name.startswith("tests/"):
            continue
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for match in MACHINE.finditer(text)]
    assert not found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned(name):
    lines = [line for line in read(ROOT / name).splitlines() if line and line[0] != "#"]
    assert lines
    assert not [line for line in lines if line != "-r requirements.txt" and not PIN.fullmatch(line)]


def test_benchmarks_find_what_they_are_set_up_with():
    """They run seldom: a fixture that was renamed under them would be missed until then."""
    command = [sys.executable, "-m", "pytest", "--setup-plan", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "tests/bench"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
