"""Evidence gives the same verdict everywhere, and judging it reaches nobody."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics import evidence
from tests.diagnostics.evidence import NOW, UNAUDITED
from tiktok_bridge import Check, Fact, Facts, Finding, Status, cli, hookimpl
from tiktok_bridge import host as hosts
from tiktok_bridge_diagnostics import archive, cassette, isolation, registry, report
from tiktok_bridge_diagnostics.archive import BundleError
from tiktok_bridge_diagnostics.bundle import manifest
from tiktok_bridge_diagnostics.bundle.case import Case
from tiktok_bridge_diagnostics.diff import compare, read
from tiktok_bridge_diagnostics.replay import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge_diagnostics.exchange import Exchange

ROOT = Path(__file__).parents[2]


def written(path: Path, exchanges: list[Exchange], *facts: Fact, **said: Any) -> Path:  # noqa: ANN401 - of an examination
    path.write_bytes(
        evidence.bundle(evidence.examination(exchanges, *facts, **said)).data
    )
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return written(tmp_path / "b.zip", evidence.unaudited())


def resealed(path: Path, changes: dict[str, bytes]) -> Path:
    """Change files of a bundle as somebody would who knows how it is sealed."""
    files = archive.read(path.read_bytes()) | changes
    said = manifest.read(files)
    rest = {name: said[name] for name in said if name not in ("files", "root_sha256")}
    own = {
        one: files[one] for one in files if one not in ("MANIFEST.json", "SHA256SUMS")
    }
    path.write_bytes(archive.write(manifest.seal(own, rest)))
    return path


# The same verdict


def test_it_gives_the_verdict_that_it_names_and_its_status(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "replay", str(bundle)]) == 3
    said = capsys.readouterr().out

    assert "audit.verdict: TikTok refused SELF_ONLY with" in said
    assert "Audit: unaudited, confirmed" in said
    assert "(as packed)" in said


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "3", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "4", "HOME": "/nonexistent", "USER": "nobody"},
    ],
)
def test_it_is_the_same_on_any_machine(
    environment: dict[str, str], bundle: Path, tmp_path: Path
) -> None:
    here = replay(bundle).report.digest
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "tiktok_bridge", "doctor", "replay"]
    run = subprocess.run(  # noqa: S603 - our own
        [*command, "--format", "json", str(bundle)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
        cwd=elsewhere,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 3, run.stderr
    assert json.loads(run.stdout)["verdict_digest"] == here


def test_another_user_gets_the_same(bundle: Path) -> None:
    """As long as the file can be read, nothing of who reads it counts."""
    if os.geteuid():
        pytest.skip("only root becomes somebody else")
    program = (
        "import os, sys, pathlib\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "from tiktok_bridge_diagnostics import archive, registry\n"
        "from tiktok_bridge_diagnostics.bundle.case import Case\n"
        "checks = registry.all_checks(None)\n"
        "for user in (0, 65534):\n"  # what is imported late may not be theirs to read
        "    os.setuid(user)\n"
        "    print(Case.from_files(archive.read(data)).judge(checks).digest)\n"
    )
    run = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", program, str(bundle)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert run.stdout.split() == [replay(bundle).report.digest] * 2


def test_one_decisive_field_changes_it(bundle: Path, tmp_path: Path) -> None:
    before = replay(bundle).report.digest
    private = [evidence.creator(["FOLLOWER_OF_CREATOR", "SELF_ONLY"]), evidence.init()]
    other = [evidence.creator(evidence.PUBLIC), evidence.init("ok")]
    later = written(tmp_path / "later.zip", evidence.unaudited(), now=NOW + 90_000)
    sandbox = evidence.config(environment="sandbox")
    digests = {
        before,
        replay(later).report.digest,
        replay(written(tmp_path / "1.zip", private)).report.digest,
        replay(written(tmp_path / "2.zip", other)).report.digest,
        replay(
            written(tmp_path / "3.zip", evidence.unaudited(), sandbox)
        ).report.digest,
    }

    assert len(digests) == 5


def test_a_word_does_not_change_it(bundle: Path, tmp_path: Path) -> None:
    told = [
        replace(one, about="someone-else", seconds=9.0, answered=one.answered + " ")
        for one in evidence.unaudited()
    ]

    assert replay(written(tmp_path / "other.zip", told)).report.digest == (
        replay(bundle).report.digest
    )


def test_evidence_that_was_changed_and_sealed_again_gives_another(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "cassettes/001-probe.json"
    data = archive.read(bundle.read_bytes())[name]
    resealed(bundle, {name: data.replace(UNAUDITED.encode(), b"spam_risk")})

    assert cli.run(["doctor", "verify", str(bundle)]) == 0
    assert cli.run(["doctor", "replay", str(bundle)]) == 7
    assert "audit, audit.verdict" in capsys.readouterr().err


def test_one_that_was_changed_is_not_judged(bundle: Path) -> None:
    files = archive.read(bundle.read_bytes())
    bundle.write_bytes(archive.write(files | {"facts.jsonl": b""}))

    with pytest.raises(BundleError, match="was changed since it was made"):
        replay(bundle)


# Of a cassette alone


def test_a_cassette_is_judged_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "cassette.json"
    path.write_text(cassette.to_json(evidence.unaudited()))
    judged = replay(path)

    assert judged.expected is None
    assert judged.case.now == evidence.unaudited()[-1].at
    assert (judged.report.audit.status, judged.report.audit.certainty) == (
        "unaudited",
        "confirmed",
    )


def test_one_that_vcr_wrote_is_judged_by_the_servers_clock(tmp_path: Path) -> None:
    value = json.loads(cassette.to_json(evidence.unaudited()))
    del value["metadata"]
    for one in value["interactions"]:
        one["response"]["headers"]["Date"] = ["Tue, 14 Nov 2023 22:00:00 GMT"]
    (tmp_path / "vcr.json").write_text(json.dumps(value))
    judged = replay(tmp_path / "vcr.json")

    assert judged.case.now == 1_699_999_200.0
    assert judged.report.audit.status == "unaudited"


def test_a_file_that_is_neither_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("interactions: []\n")
    (tmp_path / "a.json").write_text("{}")

    assert cli.run(["doctor", "replay", str(tmp_path / "a.yaml")]) == 2
    assert cli.run(["doctor", "replay", str(tmp_path / "a.json")]) == 2
    assert cli.run(["doctor", "replay", str(tmp_path)]) == 2
    assert cli.run(["doctor", "replay", str(tmp_path / "none.zip")]) == 2


# Alone


def reaching(reach: Callable[[], object]) -> Callable[[Facts], Iterator[Finding]]:
    def judge(facts: Facts) -> Iterator[Finding]:
        assert facts is not None
        reach()
        yield Finding(Status.PASS, "reached", "it reached out")

    return judge


WAYS: dict[str, Callable[[], object]] = {
    "socket": lambda: socket.socket().close(),
    "dns": lambda: socket.getaddrinfo("localhost", 80),
    "program": lambda: subprocess.run(["true"], check=False),  # noqa: S607 - never run
    "shell": lambda: os.system("true"),  # noqa: S605, S607 - never run
    "file": lambda: Path("reached").write_text("x"),
    "descriptor": lambda: os.open("reached", os.O_CREAT | os.O_RDWR),
    "folder": lambda: Path("reached").mkdir(),
    "removal": lambda: Path("reached").unlink(),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_check_reaches_out(
    way: str, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    checks = {"own.check": Check("own.check", "Nothing.", reaching(WAYS[way]))}
    monkeypatch.setattr(registry, "all_checks", lambda _: checks)
    judged = replay(bundle)

    assert [one.status for one in judged.report.findings] == [Status.CRASHED]
    assert "ForbiddenError" in judged.report.findings[0].says
    assert not (tmp_path / "reached").exists()


def test_reading_is_allowed_and_other_threads_work_on(tmp_path: Path) -> None:
    done = threading.Event()

    def work() -> None:
        (tmp_path / "written").write_text("x")
        done.set()

    with isolation.alone():
        Path(__file__).read_text(encoding="utf-8")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    (tmp_path / "later").write_text("x")

    assert done.is_set()


def test_the_clock_of_the_machine_does_not_count(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = replay(bundle).report.digest
    monkeypatch.setattr(time, "time", lambda: 1e10)

    assert replay(bundle).report.digest == expected


def test_a_check_of_a_plugin_is_named_and_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Plugin:
        @hookimpl
        def register_checks(self) -> list[Check]:
            return [Check("theirs.check", "Theirs.", reaching(int))]

    host = hosts.load()
    host.plugins.register(Plugin(), name="theirs")
    examined = evidence.examination(evidence.unaudited())
    checks = registry.all_checks(host)
    made = evidence.bundle(
        replace(
            examined,
            checks=checks,
            report=report.make(Facts(examined.collection.all_facts, NOW), checks),
        )
    )
    (tmp_path / "b.zip").write_bytes(made.data)
    files = archive.read(made.data)
    lines = [json.loads(line) for line in files["findings.jsonl"].splitlines()]

    assert made.differing == ()
    assert "theirs.check" in {one["check"] for one in lines if not one["replayed"]}
    assert cli.run(["doctor", "replay", str(tmp_path / "b.zip")]) == 3
    said = capsys.readouterr().out
    assert "theirs.check" in said.partition("not asked:")[2]


def test_what_judges_a_bundle_needs_no_large_library() -> None:
    program = (
        "import sys\n"
        "from tiktok_bridge_diagnostics import diff, registry, replay\n"
        "from tiktok_bridge_diagnostics.bundle import manifest\n"
        "registry.all_checks(None)\n"
        "large = {'httpx', 'vcr', 'sqlalchemy', 'yaml', 'jsonschema', 'PIL', 'av'}\n"
        "print(sorted(large & sys.modules.keys()))\n"
    )
    run = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert run.stdout.strip() == "[]"


# What changed


def test_an_approval_shows_in_what_changed(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exchanges = [evidence.creator(evidence.PUBLIC), evidence.init("ok")]
    facts = (evidence.config(scopes=["video.publish", "video.list"]),)
    later = written(tmp_path / "later.zip", exchanges, *facts, now=NOW + 60)

    assert cli.run(["doctor", "diff", str(later), str(bundle)]) == 0
    said = capsys.readouterr().out
    assert "from 2023-11-14 22:13:20 UTC to 2023-11-14 22:14:20 UTC" in said
    assert "unaudited: confirmed → audited: probable" in said
    assert "answer of video_init acme: unaudited_client_can" in said
    assert "config.scopes:  → video.list, video.publish" in said.replace(
        "-", "", 1
    ) or ("config.scopes: - → video.list, video.publish" in said)


def test_nothing_changed_from_one_to_itself(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "diff", str(bundle), str(bundle)]) == 0

    said = capsys.readouterr().out
    assert "still unaudited (confirmed)" in said
    assert "findings  0 changed" in said
    assert "facts     0 changed" in said


def test_a_report_is_compared_without_its_facts(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = archive.read(bundle.read_bytes())
    (tmp_path / "report.json").write_bytes(files["verdict/report.json"])

    assert cli.run(["doctor", "diff", str(bundle), str(tmp_path / "report.json")]) == 0
    assert "facts     not compared" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{}", "[]", '{"audit": {}, "findings": 3}', "null"])
def test_a_report_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text)

    assert cli.run(["doctor", "diff", *[str(tmp_path / "report.json")] * 2]) == 2


def test_what_explains_most_is_told_first(tmp_path: Path) -> None:
    sides = []
    for number, now in ((1, NOW), (2, NOW + 1)):
        app = Fact("app", "", {"scope": number, "a_left": now, "zoo": now}, "a.1", now)
        path = tmp_path / f"{number}.zip"
        sides.append(read(written(path, [], evidence.config(), app, now=now)))

    assert [one.what for one in compare(*sides).facts] == ["app.scope", "app.zoo"]


def test_a_token_and_a_client_key_of_before_are_told(tmp_path: Path) -> None:
    sides = []
    for number, now in ((1, NOW), (2, NOW + 60)):
        token = Fact("token", "acme", {"expires_at": now + 3600}, "tokens.1", now)
        asked = evidence.exchange(
            1,
            "x",
            {"client_key": f"key-{number}"},
            {"access_token": "act.x"},
            by="credentials",
            url="https://open.tiktokapis.com/v2/oauth/token/",
            about="",
        )
        path = tmp_path / f"{number}.zip"
        facts = (evidence.config(), token)
        sides.append(read(written(path, [asked], *facts, now=now)))
    told = [(one.what, one.before, one.after) for one in compare(*sides[::-1]).facts]

    assert ("app.client_key", "key-1", "key-2") in told
    assert (
        "token.expires_at acme",
        "2023-11-14 23:13:20 UTC",
        "2023-11-14 23:14:20 UTC",
    ) in told


def test_a_case_that_no_doctor_wrote_is_refused() -> None:
    files = Case((), (), NOW).to_files()
    for name, data in (
        ("facts.jsonl", b'{"id": 1}\n'),
        ("facts.jsonl", b"3\n"),
        ("facts.jsonl", b'{"id":"a.1","kind":"k","about":"","at":1,"data":[]}\n'),
        ("facts.jsonl", b'{"id":"a.1","kind":"k","about":"","at":1,"data":{}}\n' * 2),
        ("facts.jsonl", b'{"id":"a.1","kind":"http","about":"","at":1,"data":{}}\n'),
        ("replay/clock.json", b'{"now": true}'),
        ("replay/clock.json", b"[]"),
        ("cassettes/001-a.json", b"{}"),
    ):
        with pytest.raises(BundleError):
            Case.from_files(files | {name: data})
