"""A bundle holds redacted evidence that gives the same verdict, or is not written."""

from __future__ import annotations

import json
import os
import signal
import stat
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics import evidence
from tests.diagnostics.evidence import NOW, UNAUDITED, Prober, Unredacted
from tests.journeys.conftest import Studio
from tiktok_bridge import Collector, ConfigError, Fact, Settings, cli, hookimpl
from tiktok_bridge import host as hosts
from tiktok_bridge_diagnostics import archive
from tiktok_bridge_diagnostics.bundle import command, manifest, save
from tiktok_bridge_diagnostics.bundle.case import Case
from tiktok_bridge_diagnostics.doctor import examine
from tiktok_bridge_diagnostics.redact.exchanges import Redactor
from tiktok_bridge_diagnostics.replay import replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tiktok_bridge import Visit
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_diagnostics.exchange import Exchange
    from tiktok_bridge_sandbox.handle import TikTokSandbox


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    tiktok_sandbox.reset("unaudited-public-account")
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.log_in("acme")
    return studio


def plugged(*plugins: object) -> hosts.Host:
    host = hosts.load()
    for number, plugin in enumerate(plugins):
        host.plugins.register(plugin, name=f"plugged-{number}")
    return host


def packed(examined: Examination, **options: Any) -> dict[str, bytes]:  # noqa: ANN401 - those of `build`
    return archive.read(evidence.bundle(examined, **options).data)


def told(files: dict[str, bytes]) -> dict[str, Any]:
    return manifest.read(files)


# What is in it


def test_the_same_evidence_gives_the_same_bytes() -> None:
    examined = evidence.examination(evidence.unaudited())
    gathered = examined.collection
    turned = replace(
        gathered,
        facts=gathered.facts[::-1],
        tapes={"probe": gathered.tapes["probe"][::-1]},
    )
    one, other = (
        evidence.bundle(replace(examined, collection=some))
        for some in (gathered, turned)
    )

    assert one.data == other.data
    assert one.root == other.root


def test_it_says_what_is_in_it_and_that_it_replays() -> None:
    files = packed(evidence.examination(evidence.unaudited()), secrets=7)
    said = told(files)

    assert manifest.faults(files) == []
    assert said["replay"] == {"verified": True, "differing": []}
    assert said["leak_scan"] == {"secrets": 7, "hits": 0}
    assert said["profile"] == "tiktok"
    assert (
        json.loads(files["verdict/report.json"])["verdict_digest"]
        == (said["verdict_digest"])
    )
    assert {"README.txt", "TICKET.md", "cassettes/001-probe.json"} < files.keys()


def test_a_case_is_read_as_it_was_written() -> None:
    whole = Case(
        (evidence.config(), evidence.collected("config")),
        (evidence.init(number=1, by="other"), *evidence.unaudited()),
        NOW,
    )
    again = Case.from_files(whole.to_files())

    assert again.now == whole.now
    assert again.exchanges == whole.exchanges
    assert {one.id: one for one in again.facts} == {one.id: one for one in whole.facts}


def test_what_could_not_be_gathered_is_named() -> None:
    lost = evidence.collected("clock", "late", "given up after 5 s")
    files = packed(evidence.examination([], evidence.config(), lost))

    errors = json.loads(files["errors/collectors.json"])
    assert errors == {"clock": {"status": "late", "says": "given up after 5 s"}}
    assert "1 collectors did not end" in files["TICKET.md"].decode()


class Naming(Unredacted):
    """Knows names only when it was told whom the facts are about."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def learn(self, facts: Iterable[Fact]) -> None:
        self.names.update(one.about for one in facts)

    def fact(self, fact: Fact) -> Fact:
        assert fact.about in self.names
        return fact


def test_names_are_learned_before_anything_is_redacted() -> None:
    examined = evidence.examination(evidence.unaudited())

    assert evidence.bundle(examined, Naming()).differing == ()


class Blinding(Unredacted):
    """Replaces what a verdict rests on, as a mistaken rule would."""

    def exchange(self, exchange: Exchange) -> Exchange:
        return replace(exchange, answered=exchange.answered.replace(UNAUDITED, "x"))


def test_a_redaction_that_changes_the_verdict_is_told() -> None:
    examined = evidence.examination(evidence.unaudited())
    made = evidence.bundle(examined, Blinding())
    said = told(archive.read(made.data))

    assert {"audit", "audit.verdict"} <= set(made.differing)
    assert said["replay"] == {"verified": False, "differing": list(made.differing)}


def test_a_reader_is_told_what_the_redaction_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examined = evidence.examination(evidence.unaudited())
    data = evidence.bundle(examined, Blinding()).data
    (tmp_path / "b.zip").write_bytes(data)
    cli.run(["doctor", "replay", str(tmp_path / "b.zip")])

    assert "do not rely on them here" in archive.read(data)["TICKET.md"].decode()
    assert "doubtful  the redaction changed" in capsys.readouterr().out
    assert "do not rely" not in packed(examined)["TICKET.md"].decode()


def test_what_is_judged_is_what_whoever_gets_it_reads() -> None:
    """Times in a cassette have three digits; the verdict is that of the file."""
    exchanges = [replace(one, at=one.at + 0.00049) for one in evidence.unaudited()]
    files = packed(evidence.examination(exchanges))

    assert Case.from_files(files).exchanges[0].at == round(exchanges[0].at, 3)
    assert told(files)["replay"]["verified"] is True


# The ticket


def test_the_ticket_names_cause_certainty_evidence_and_who_acts() -> None:
    ticket = packed(evidence.examination(evidence.unaudited()))["TICKET.md"].decode()

    for words in (
        f"`{UNAUDITED}` (log id `{evidence.LOG_ID}`)",
        "On 2023-11-14 22:05:20 UTC our request to `/v2/post/publish/video/init/`",
        "**audit.verdict**",
        "certainty: confirmed",
        "who acts: developer",
        "state: **unaudited**",
        "`video_init SELF_ONLY` | 403",
        "6. Does an access token that was issued before the approval",
        "tiktok-bridge-diagnostics 0.1.0",
        "judged at 2023-11-14 22:13:20 UTC",
    ):
        assert words in ticket, words


def test_the_ticket_asks_nothing_of_the_audit_when_it_is_known() -> None:
    exchanges = [evidence.creator(evidence.PUBLIC), evidence.init("ok")]
    ticket = packed(evidence.examination(exchanges))["TICKET.md"].decode()

    assert "audited for direct posts" not in ticket
    assert "No check failed" in ticket
    assert "what would settle it" in ticket


def test_the_ticket_shows_what_broke_without_an_answer() -> None:
    cut = evidence.init(status=None, answered="", broke="timeout")
    ticket = packed(evidence.examination([cut]))["TICKET.md"].decode()

    assert "was not answered: timeout" in ticket


def test_what_strangers_say_is_not_rendered_in_the_ticket() -> None:
    nasty = "# [pay](http://evil) `|` <script>\x1b[2J"
    cut = evidence.init(UNAUDITED, about=nasty)
    examined = evidence.examination([evidence.creator(evidence.PUBLIC), cut])
    ticket = packed(examined)["TICKET.md"].decode()

    assert "\x1b" not in ticket
    assert f"``` {nasty} ```" not in ticket
    assert all(line.isprintable() for line in ticket.splitlines())
    spans = [line for line in ticket.splitlines() if "evil" in line]
    assert spans
    assert all("`` # [pay](http://evil)" in line for line in spans)


# Written, withheld, interrupted


def bundle(studio: Studio, path: Path, *plugins: object) -> int:
    host = plugged(*plugins)
    return command.bundle(studio.folder / "bridge.yaml", host, path, "tiktok")


def test_a_bundle_of_an_unaudited_client_replays(
    studio: Studio, tmp_path: Path
) -> None:
    assert bundle(studio, tmp_path / "b.zip", Prober()) == 0
    judged = replay(tmp_path / "b.zip")

    assert judged.is_same
    assert (judged.report.audit.status, judged.report.audit.certainty) == (
        "unaudited",
        "confirmed",
    )
    assert [one.check for one in judged.report.causes] == ["audit.verdict"]
    assert judged.unproven == ()


def test_nobody_else_may_read_it_and_no_draft_stays(
    studio: Studio, tmp_path: Path
) -> None:
    assert bundle(studio, tmp_path / "b.zip", Prober()) == 0

    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["b.zip"]


def test_it_may_hold_the_evidence_of_a_probe(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["doctor", "bundle", "-o", str(tmp_path / "b.zip"), "--probe", "audit"]
    assert studio.run(*arguments, "--consent", "shop") == 2
    assert studio.calls("video_init") == 0
    assert studio.run(*arguments, "--consent", "acme") == 0
    capsys.readouterr()

    assert studio.run("doctor", "replay", str(tmp_path / "b.zip")) == 3
    assert "Audit: unaudited, confirmed" in capsys.readouterr().out


class Leaking:
    """A plugin whose fact holds the access token, in a way no pattern knows."""

    def __init__(self, studio: Studio) -> None:
        record = json.loads((studio.folder / "acme-token.json").read_text())
        self._hidden = record["refresh_token"][::-1][::-1].encode().hex()

    @hookimpl
    def register_collectors(self) -> list[Collector]:
        return [Collector("leaking", self._tell)]

    def _tell(self, visit: Visit) -> Iterator[Fact]:
        assert visit.now
        yield Fact("leak", "", {"digits": self._hidden})


def test_a_bundle_with_a_secret_in_it_is_withheld(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Careless(Unredacted, Redactor):
        """Redacts what is recorded, and nothing of what leaves."""

    host = plugged(Leaking(studio))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tiktok_bridge_diagnostics.redact.exchanges.Redactor", Careless)
        config = studio.folder / "bridge.yaml"
        status = command.bundle(config, host, tmp_path / "b.zip", "tiktok")
    said = capsys.readouterr().err

    assert status == 6
    assert not (tmp_path / "b.zip").exists()
    assert "facts.jsonl>hex" in said
    assert "a refresh token" in said
    assert Leaking(studio)._hidden not in said  # noqa: SLF001 - what must not be shown


def test_every_kind_of_secret_is_looked_for(studio: Studio) -> None:
    from tiktok_bridge_diagnostics.bundle import known  # noqa: PLC0415 - only here

    class Keeper:
        @hookimpl
        def known_secrets(self) -> list[str]:
            return ["of-a-plugin"]

    settings = Settings.from_file(studio.folder / "bridge.yaml")
    settings = replace(
        settings, ledger="postgresql://u:of-the-url%2B@h/db?ssl_key=of-the-query"
    )
    host = plugged(Keeper())
    host.redaction.add("seen-at-work")
    environ = {
        "MY_TOKEN": "of-env-1",
        "REDIS": "redis://:of-env-2@h",
        "LANG": "C.UTF-8",
    }
    found = known.secrets(host, settings, environ)
    token = json.loads((studio.folder / "acme-token.json").read_text())
    ring = json.loads((studio.folder / "state" / "keys.json").read_text())

    assert {
        "of-a-plugin",
        "of-the-url%2B",
        "of-the-url+",
        "of-the-query",
        "seen-at-work",
        "of-env-1",
        "of-env-2",
        settings.app.client_secret.reveal(),
        token["access_token"],
        token["refresh_token"],
    } <= found.keys()
    assert "a key of the key ring" in found.values()
    assert len(ring["keys"]) == 1
    assert "C.UTF-8" not in found


class Slow:
    """A plugin whose collector yields a fact, and then takes all day."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()

    @hookimpl
    def register_collectors(self) -> list[Collector]:
        return [Collector("slow", self._wait, seconds=60.0)]

    def _wait(self, visit: Visit) -> Iterator[Fact]:
        yield Fact("begun", "", {"at": visit.now})
        self.has_begun.set()
        threading.Event().wait(30)


def test_an_interrupt_leaves_a_valid_bundle_of_what_there_is(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Slow()

    def interrupt() -> None:
        slow.has_begun.wait(10)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    assert bundle(studio, tmp_path / "b.zip", slow) == 130
    files = archive.read((tmp_path / "b.zip").read_bytes())

    assert manifest.faults(files) == []
    assert replay(tmp_path / "b.zip").is_same
    assert "interrupted" in capsys.readouterr().err
    assert "slow" in json.loads(files["errors/collectors.json"])
    assert '"kind": "begun"' in files["facts.jsonl"].decode()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "b.zip"
    kept.write_bytes(b"the one before")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ConfigError, match="No space left"):
            save.save(kept, b"x")

    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"the one before"]


def full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_place_that_is_none_is_refused_before_anybody_is_asked(
    studio: Studio, tmp_path: Path
) -> None:
    assert studio.run("doctor", "bundle", "-o", str(tmp_path / "no" / "b.zip")) == 2
    assert studio.calls("creator_info") == 0


# Verified


@pytest.fixture(scope="module")
def whole() -> bytes:
    examined = evidence.examination(evidence.unaudited())
    return evidence.bundle(examined).data


def test_every_byte_counts(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(whole)
    assert command.verify(tmp_path / "b.zip") == 0
    seen = 0
    for at in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[at] ^= 1
        (tmp_path / "b.zip").write_bytes(changed)
        is_seen = command.verify(tmp_path / "b.zip") == 1
        assert is_seen or archive.read(bytes(changed)) == archive.read(whole), at
        seen += is_seen
    assert seen >= 0.95 * len(range(0, len(whole), 97))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("TICKET.md", b"another", "TICKET.md: was changed"),
        ("more.txt", b"more", "more.txt: was added"),
        ("README.txt", None, "README.txt: is missing"),
        ("SHA256SUMS", b"", "SHA256SUMS: does not fit"),
        ("MANIFEST.json", b"{}", "MANIFEST.json: no manifest"),
        ("MANIFEST.json", None, "no MANIFEST.json"),
    ],
)
def test_what_was_changed_is_named(  # noqa: PLR0913, PLR0917 - a row, and where to
    name: str,
    data: bytes | None,
    words: str,
    whole: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = archive.read(whole)
    files = {one: files[one] for one in files if one != name}
    (tmp_path / "b.zip").write_bytes(
        archive.write(files if data is None else files | {name: data})
    )

    assert command.verify(tmp_path / "b.zip") == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"tiktok"', b'"public"'), (b'"verified": true', b'"verified": false')],
)
def test_what_the_manifest_says_cannot_be_changed_alone(
    old: bytes, new: bytes, whole: bytes
) -> None:
    files = archive.read(whole)
    assert old in files["MANIFEST.json"]
    changed = files["MANIFEST.json"].replace(old, new)

    assert manifest.faults(files | {"MANIFEST.json": changed}) != []
    spaced = files["MANIFEST.json"].replace(b"\n", b" \n", 1)
    assert manifest.faults(files | {"MANIFEST.json": spaced}) == [
        "MANIFEST.json: was changed"
    ]


def test_a_later_version_is_not_guessed_at(whole: bytes) -> None:
    files = archive.read(whole)
    files = {one: files[one] for one in files if one != "SHA256SUMS"}
    later = manifest.seal(files, {}) | {"MANIFEST.json": b'{"version": 2, "files": []}'}

    with pytest.raises(archive.BundleError, match="version 2"):
        manifest.read(later)


# For whom


def test_a_bundle_for_everybody_has_no_log_ids(studio: Studio) -> None:
    config, host = studio.folder / "bridge.yaml", plugged(Prober())
    examined = examine(config, host)
    tiktok, public = (
        archive.read(
            command.pack(examined, config, host, audience, Redactor.of(config))[0].data
        )
        for audience in ("tiktok", "public")
    )
    seen = Case.from_files(tiktok).all_facts.of("http")
    ids = [one.data["log_id"].encode() for one in seen]

    assert ids
    assert all(one in b"".join(tiktok.values()) for one in ids)
    assert not any(one in b"".join(public.values()) for one in ids)
    for files in (tiktok, public):
        assert told(files)["replay"]["verified"] is True
        assert b"acme" not in b"".join(files.values())


def test_an_installation_without_a_configuration_is_packed_too(tmp_path: Path) -> None:
    arguments = ["doctor", "bundle", "-o", str(tmp_path / "b.zip")]

    assert cli.run(["--config", str(tmp_path / "bridge.yaml"), *arguments]) == 0
    assert [one.check for one in replay(tmp_path / "b.zip").report.causes] == [
        "cfg.found"
    ]
