"""Make the test clip that ships with the core: vertical, H.264 and AAC, under 1 MB.

Run it as `python scripts/make_clip.py`; it needs PyAV (`pip install av`), which
nothing else in this repository does.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from pathlib import Path

import av  # type: ignore[import-not-found, unused-ignore] # see above

CLIP = Path(__file__).parents[1] / "tiktok_bridge" / "media" / "clip.mp4"
WIDTH, HEIGHT, FPS, SECONDS, RATE = 720, 1280, 30, 4, 44_100


def draw(index: int) -> av.VideoFrame:
    """Return frame number *index*: a bright bar that falls over slow colours."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    top = (index * HEIGHT // (FPS * SECONDS)) // 2 * 2
    for number, plane in enumerate(frame.planes):
        lines = HEIGHT if number == 0 else HEIGHT // 2
        bar = range(top * lines // HEIGHT, top * lines // HEIGHT + lines // 16)
        dark = (60, 128 + 60 * index // (FPS * SECONDS), 168 - index // 4)[number]
        light = (200, 100, 180)[number]
        plane.update(
            b"".join(
                bytes([light if line in bar else dark]) * plane.line_size
                for line in range(lines)
            )
        )
    return frame


def tone(start: int, count: int) -> av.AudioFrame:
    """Return *count* samples of a quiet tone, from sample *start* on."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    wave = (
        int(2000 * math.sin(2 * math.pi * 440 * (start + n) / RATE))
        for n in range(count)
    )
    frame.planes[0].update(struct.pack(f"<{count}h", *wave))
    frame.sample_rate = RATE
    frame.pts = start
    frame.time_base = Fraction(1, RATE)
    return frame


def main() -> None:
    """Write the clip."""
    with av.open(str(CLIP), "w", options={"movflags": "faststart"}) as container:
        video = container.add_stream("h264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        for index in range(FPS * SECONDS):
            container.mux(video.encode(draw(index)))
        for start in range(0, RATE * SECONDS, 1024):
            container.mux(audio.encode(tone(start, 1024)))
        container.mux(video.encode())
        container.mux(audio.encode())


if __name__ == "__main__":
    main()
