"""A ledger in a file is on disk after every move, and private."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import BusyError, ConfigError, LedgerError
from tiktok_bridge.ledger.database import Database

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa


@pytest.mark.parametrize("content", [b"rubbish " * 1000, b"SQLite format 3\0" * 99])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)

    with pytest.raises(LedgerError, match=r"opening: the ledger .* cannot be used"):
        Database(f"sqlite:///{tmp_path}/ledger.db")


def test_a_ledger_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a folder")

    with pytest.raises(LedgerError, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}/state/ledger.db")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x?mode=ro"]
)
def test_a_ledger_that_would_forget_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="forgets what was published"):
        Database(url)


def test_every_move_is_synced_to_a_file_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path}/state/ledger.db")

    def pragmas(connection: sa.Connection) -> tuple[object, object]:
        full = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        return full, connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert database.write("looking", pragmas) == (2, "wal")
    assert stat.S_IMODE((tmp_path / "state" / "ledger.db").stat().st_mode) == 0o600
    database.close()


def test_who_reads_waits_for_nobody_and_who_writes_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    holder, other = Database(url), Database(url, patience=0.1)

    def meet(_: sa.Connection) -> None:
        assert other.read("looking", lambda _: 7) == 7
        with pytest.raises(BusyError, match=r"moving it: the ledger .* is locked"):
            other.write("moving it", lambda _: None)

    holder.write("holding", meet)
    holder.close()
    other.close()


def test_a_new_ledger_is_in_wal_mode_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.db"
    Database(f"sqlite:///{path}").close()

    assert path.read_bytes()[18:20] == b"\x02\x02"  # the format's version for WAL
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["ledger.db"]
