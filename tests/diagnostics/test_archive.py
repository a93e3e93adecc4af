"""A bundle is written the same way each time, and nobody else's is read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnostics.hostile import BUNDLES, DOCUMENTS, File, build
from tiktok_bridge_diagnostics import archive, safe_json
from tiktok_bridge_diagnostics.archive import BundleError
from tiktok_bridge_diagnostics.printable import printable, quoted, shortened

ROOT = Path(__file__).parents[2]
FILES = {
    "MANIFEST.json": b"{}",
    "cassettes/001.json": b'{"a": "b"}' * 500,
    "logs/tail.jsonl": b"",
    "notes/été.txt": bytes(100_000),
}
HOSTILE = [
    *(f"bundle: {name}" for name in BUNDLES),
    *(f"document: {name}" for name in DOCUMENTS),
]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, tuple[str, float, str]]:
    """What became of each, in a process that has 200 MiB for it."""
    program = [sys.executable, "-m", "tests.diagnostics.hostile"]
    said = subprocess.run(  # noqa: S603 - our own
        program, cwd=ROOT, capture_output=True, check=True, timeout=120
    )
    read: dict[str, tuple[str, float, str]] = json.loads(said.stdout)
    return read


def test_there_are_at_least_sixty_of_them() -> None:
    assert len(BUNDLES) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_what_nobody_but_an_enemy_makes_is_refused(
    name: str, verdicts: dict[str, tuple[str, float, str]]
) -> None:
    error, _, words = verdicts[name]

    assert error == "BundleError"
    assert words.isprintable()
    assert len(words) < 400


def test_the_builder_of_hostile_archives_can_build_a_good_one() -> None:
    whole = build(File(data=b"[1]" * 9, method=8), File(name=b"b", data=b"2"))

    assert archive.read(whole) == {"a.json": b"[1]" * 9, "b": b"2"}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a link", "link"),
        ("a password", "encrypted"),
        ("a name that climbs", "leads out"),
        ("a backslash", "backslash"),
        ("a drive", "drive"),
        ("a name in capitals", "twice"),
        ("zip64 sizes", "zip64"),
        ("zip64 end", "zip64"),
        ("a bomb", "100 times"),
        ("bzip2", "packed in a way"),
        ("a larger packed size", "two sizes"),
        ("more than the limit", "more than 64 MiB"),
        ("an extra header", "more headers"),
        ("a comment of a file", "more headers"),
        ("a bomb that lies", "another size"),
        ("a file of 17 MiB", "16 MiB"),
        ("75 MiB in files", "64 MiB"),
        ("64 MiB and a lie", "checksum"),
        ("an archive in it", "archive itself"),
        ("another name in the file's header", "two headers"),
        ("overlapping files", "does not follow"),
        ("too many files", "2000"),
        ("a terminal's command", r"a\x1b]0;title\x07\x1b[2J: "),
        ("a turned name", r"\u202e"),
    ],
)
def test_the_error_says_why(
    name: str, word: str, verdicts: dict[str, tuple[str, float, str]]
) -> None:
    assert word in verdicts[f"bundle: {name}"][2]


def test_the_same_files_give_the_same_bytes_whatever_their_order() -> None:
    again = dict(reversed(FILES.items()))

    assert archive.write(FILES) == archive.write(again)


def test_what_is_written_is_read_sorted() -> None:
    read = archive.read(archive.write(FILES))

    assert list(read.items()) == sorted(FILES.items())


def test_other_programs_read_what_is_written() -> None:
    with zipfile.ZipFile(io.BytesIO(archive.write(FILES))) as other:
        infos = other.infolist()

        assert other.testzip() is None
        assert {one.filename: other.read(one) for one in infos} == FILES
        assert {one.date_time for one in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.external_attr for one in infos} == {0o100600 << 16}


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=9),
        st.binary(max_size=200) | st.binary(max_size=3).map(lambda one: one * 9999),
        min_size=1,
        max_size=5,
    )
)
def test_what_can_be_written_can_be_read(files: dict[str, bytes]) -> None:
    try:
        whole = archive.write(files)
    except BundleError:
        return

    assert archive.read(whole) == files


@given(st.data())
def test_an_archive_with_one_other_byte_is_refused_or_the_same(
    data: st.DataObject,
) -> None:
    whole = bytearray(archive.write(FILES))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))

    try:
        read = archive.read(bytes(whole))
    except BundleError:
        return
    assert list(read.values()) == list(dict(sorted(FILES.items())).values())


@given(
    st.binary(max_size=300)
    | st.binary(max_size=99).map(lambda one: b"PK\x05\x06" + one)
)
def test_any_bytes_are_refused_with_words(data: bytes) -> None:
    with pytest.raises(BundleError):
        archive.read(data)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"../a": b""},
        {"a": b"", "A": b""},
        {"a": bytes((16 << 20) + 1)},
        {"a.zip": build(File())},
        {str(one): b"" for one in range(2001)},
    ],
    ids=["none", "climbing", "twice", "large", "archive", "many"],
)
def test_what_cannot_be_read_is_not_written(files: dict[str, bytes]) -> None:
    with pytest.raises(BundleError):
        archive.write(files)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**19), 10**19)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    )
)
def test_json_says_what_it_said(value: object) -> None:
    assert safe_json.loads(json.dumps(value).encode()) == value


def test_json_is_read_to_its_limits() -> None:
    assert safe_json.loads(b"[" * 64 + b"1" + b"]" * 64)
    assert safe_json.loads(b'["\\ud83c\\udf3b"]') == ["🌻"]
    assert safe_json.loads(b"18446744073709551615") == 2**64 - 1


def test_an_error_names_the_document_with_what_is_not_seen_escaped() -> None:
    with pytest.raises(BundleError, match=r"a\\x1b\[2J\.json: no JSON at line 2"):
        safe_json.loads(b"[\n,]", name="a\x1b[2J.json")
    with pytest.raises(BundleError, match=r"the key \\u202ea twice"):
        safe_json.loads('{"\u202ea": 1, "\u202ea": 2}'.encode())


@given(st.text())
def test_what_is_printable_obeys_nobody(text: str) -> None:
    assert all(one.isprintable() or one.isspace() for one in printable(text))
    assert not set(printable(text)) & set("\x1b\x07\x9b\n\r\u2028\u202e\u2066\u200b")


def test_what_is_seen_stays_as_it_is() -> None:
    assert printable("Grüße, 山田 🌻") == "Grüße, 山田 🌻"
    assert printable("\x1b]8;;x\x07 \ud800") == r"\x1b]8;;x\x07 \ud800"
    assert shortened("a" * 999) == "a" * 200 + "…"


def test_markdown_is_quoted_and_cannot_end_its_quote() -> None:
    assert quoted("[a](http://b) <img>") == "` [a](http://b) <img> `"
    assert quoted("``` ` \n#") == "```` ``` ` \\n# ````"
