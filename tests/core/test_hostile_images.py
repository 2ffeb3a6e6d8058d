from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core import pictures
from tests.core.pictures import encoded, photo
from village.core import images
from village.core.images import ImageRefused, inspect, render

pytestmark = pytest.mark.once
MIB = 1024 * 1024


def peak_growth(work: Callable[[], object]) -> int:
    """Give how many bytes the resident memory of this process rose above where it stood."""
    # 5 resets the peak (proc(5), clear_refs).
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return _status("VmHWM") - before


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


class TestPeakGrowth:
    def test_notices_memory_that_was_given_back(self) -> None:
        assert peak_growth(lambda: bytearray(b"x") * (40 * MIB)) > 32 * MIB


class TestHostilePictures:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_are_refused_when_cut_off(self, format: str) -> None:
        whole = encoded(photo(), format)
        for length in (len(whole) // 3, len(whole) * 2 // 3, len(whole) - 100):
            with pytest.raises(ImageRefused) as refusal:
                render(whole[:length])
            assert refusal.value.code == "image.broken"

    @pytest.mark.parametrize(
        "data",
        [
            pictures.PNG_SIGNATURE + pictures.png_header(64, 64) + encoded(photo(), "JPEG"),
            # A header to be judged by, then the true one: 200 x 150.
            pictures.PNG_SIGNATURE + pictures.png_header(9, 9) + encoded(photo(), "PNG")[8:],
            pictures.PNG_SIGNATURE + pictures.png_header(300, 100) + encoded(photo(), "PNG")[8:],
            encoded(photo(), "WEBP")[:30] + bytes(500),
            encoded(photo(), "JPEG")[:650] + b"<script>" * 100,
        ],
        ids=["another inside", "larger inside", "wider outside", "hollow", "script"],
    )
    def test_are_refused_when_they_are_not_what_they_claim(
        self, data: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(ImageRefused) as refusal:
            render(data)
        assert refusal.value.code == "image.broken"
        assert not caplog.records

    def test_cost_this_process_no_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        huge = pictures.flat_png(12_000, 12_000)
        assert len(huge) < 20_000
        # Claims to be an honest 25 megapixels of 8 bytes, and holds next to nothing.
        header = pictures.png_header(5000, 5000, depth=16, colour=6)
        hollow = pictures.PNG_SIGNATURE + header + pictures.png_chunk(b"IDAT", b"x\x9c")
        bombs = {
            huge: "image.too_many_pixels",
            hollow: "image.broken",
            pictures.words_bomb(): "image.broken",
        }

        def defuse() -> None:
            for bomb, code in bombs.items():
                with pytest.raises(ImageRefused) as refusal:
                    render(bomb)
                assert refusal.value.code == code

        assert peak_growth(defuse) < 32 * MIB

    def test_end_the_child_that_runs_out_of_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(images, "MAX_PIXELS", 12_000 * 12_000)
        header = pictures.png_header(12_000, 12_000)
        bomb = pictures.PNG_SIGNATURE + header + pictures.png_chunk(b"IDAT", b"x\x9c")

        def defuse() -> None:
            with pytest.raises(ImageRefused, match="too much work") as refusal:
                render(bomb)
            assert refusal.value.code == "image.too_large"

        assert peak_growth(defuse) < 32 * MIB

    def test_end_the_child_that_works_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(images, "CPU_SECONDS", 1)
        bomb = pictures.scans_bomb()
        inspect(bomb)

        def defuse() -> None:
            with pytest.raises(ImageRefused, match="too much work") as refusal:
                render(bomb)
            assert refusal.value.code == "image.too_large"

        before = os.times()
        assert peak_growth(defuse) < 32 * MIB
        spent = os.times()
        # The child was at it for its second, and this process was not.
        worked = sum(spent[2:4]) - sum(before[2:4])
        assert 0.7 < worked < 3
        assert spent.user - before.user < 0.5


class TestTheMachine:
    def test_asks_for_another_try_when_it_is_busy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(images, "WALL_SECONDS", 0.001)
        with pytest.raises(TimeoutError):
            render(encoded(photo(), "PNG"))

    def test_does_not_blame_the_picture_when_the_worker_crashes(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        monkeypatch.setattr(images, "_WORKER", tmp_path / "absent.py")
        with pytest.raises(RuntimeError, match=r"absent\.py"):
            render(encoded(photo(), "PNG"))

    def test_says_so_in_the_log_when_a_decoder_crashes(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        crash = tmp_path / "crash.py"
        crash.write_text(
            "import os, resource\n"
            "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
            "print('ready', flush=True)\n"
            "os.abort()"
        )
        monkeypatch.setattr(images, "_WORKER", crash)
        with pytest.raises(ImageRefused) as refusal:
            render(encoded(photo(), "PNG"))
        assert refusal.value.code == "image.broken"
        assert "(-6)" in caplog.text

    async def test_renders_side_by_side_under_a_running_loop(self) -> None:
        data = encoded(photo(), "JPEG")
        both = await asyncio.gather(*(asyncio.to_thread(render, data) for _ in range(2)))
        assert both[0] == both[1]
