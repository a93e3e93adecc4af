"""The wheels, installed from a folder without the repository, do what it does."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from tests.wheels.program import run


def test_there_is_one_wheel_per_member(wheels: Path) -> None:
    names = {path.name.partition("-")[0] for path in wheels.glob("*.whl")}

    assert names == {
        "tiktok_bridge",
        "tiktok_bridge_diagnostics",
        "tiktok_bridge_file",
        "tiktok_bridge_redis",
        "tiktok_bridge_s3",
        "tiktok_bridge_sandbox",
        "tiktok_bridge_webhook",
    }


def test_the_examples_ship_in_no_wheel(wheels: Path) -> None:
    names = [name for path in wheels.glob("*.whl") for name in ZipFile(path).namelist()]

    assert "tiktok_bridge/bridge.py" in names
    assert [name for name in names if "examples" in name or "_site/" in name] == []


def test_the_demo_runs_from_the_wheels(python: Path, tmp_path: Path) -> None:
    out = run(python.with_name("tiktok-bridge"), "demo", cwd=tmp_path)

    assert "the demo ended as it should" in out


def test_python_m_runs_the_same_program(python: Path, tmp_path: Path) -> None:
    program = python.with_name("tiktok-bridge")
    module = run(python, "-m", "tiktok_bridge", "--help", cwd=tmp_path)

    assert module == run(program, "--help", cwd=tmp_path)


def test_types_and_licence_ship(python: Path, tmp_path: Path) -> None:
    site = Path(
        run(
            python,
            "-c",
            "import sysconfig; print(sysconfig.get_path('purelib'))",
            cwd=tmp_path,
        ).strip()
    )

    assert list(site.glob("tiktok_bridge*/py.typed"))
    assert list(site.glob("tiktok_bridge-*.dist-info/licenses/LICENSE"))
