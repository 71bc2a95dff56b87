"""A figure as PNG for documents that take no SVG: the same shapes, in a font that is shipped."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING

from reporting.figures.lines import dashes, one_line, shaft_and_head
from reporting.figures.palette import LIGHT
from reporting.figures.shapes import Disc, Figure, Path, Point, Rect, Shape, Words

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

# Dots of the picture for each pixel of the figure; 96 pixels are one inch.
SCALE = 3
PIXELS_PER_INCH = 96
# Every dot of a shape is the mean of so many by so many, which smooths its edges.
FINER = 4
# Shapes are drawn in bands of so many dots: the whole at the finer scale would fill the memory.
BAND = 256
# A figure of more dots is drawn at a smaller scale.
MOST_DOTS = 40_000_000
FONTS = File(__file__).with_name("fonts")
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(figure: Figure) -> bytes:
    """Return a figure as PNG on white, at 288 dots an inch; the same shapes give the same bytes.

    Words stand on top of all other shapes.
    """
    from PIL import Image, ImageDraw

    area = figure.width * figure.height
    scale = next((s for s in (SCALE, 2) if area * s * s <= MOST_DOTS), 1)
    width, height = round(figure.width * scale), round(figure.height * scale)
    picture = Image.new("RGB", (width, height), LIGHT["paper"])
    for top in range(0, height, BAND):
        rows = min(BAND, height - top)
        band = Image.new("RGB", (width * FINER, rows * FINER), LIGHT["paper"])
        pen = _Pen(ImageDraw.Draw(band), scale * FINER, top * FINER, band.height)
        for shape in figure.shapes:
            pen.draw(shape)
        picture.paste(band.reduce(FINER), (0, top))
    on = ImageDraw.Draw(picture)
    for shape in figure.shapes:
        if isinstance(shape, Words):
            _write(on, shape, scale)
    file = io.BytesIO()
    dots = PIXELS_PER_INCH * scale
    picture.save(file, "PNG", dpi=(dots, dots))
    return file.getvalue()


def _write(on: "ImageDraw.ImageDraw", words: Words, scale: int) -> None:
    text = one_line(words.text)
    font = _font(words.size * scale, bold=words.bold)
    x, y = round(words.x * scale), round(words.y * scale)
    if words.turned:
        mask, left, top = _turned(text, font, words.anchor)
        on.bitmap((x + left, y + top), mask, fill=LIGHT[words.fill])
    else:
        on.text((x, y), text, fill=LIGHT[words.fill], font=font, anchor=ANCHORS[words.anchor])


def _turned(
    text: str, font: "ImageFont.FreeTypeFont", anchor: str
) -> "tuple[Image.Image, int, int]":
    """Return a text that is written upwards as a mask, and where it stands from its point."""
    from PIL import Image, ImageDraw

    ascent, descent = font.getmetrics()
    length = round(font.getlength(text))
    # Room at both ends for letters that reach out.
    mask = Image.new("L", (length + 2 * ascent, ascent + descent))
    ImageDraw.Draw(mask).text((ascent, ascent), text, fill=255, font=font, anchor="ls")
    before = {"start": 0, "middle": length // 2, "end": length}[anchor]
    return mask.transpose(Image.Transpose.ROTATE_90), -ascent, before - length - ascent


class _Pen:
    """Draws shapes on one band, which begins ``top`` dots below the top of the picture."""

    def __init__(self, on: "ImageDraw.ImageDraw", scale: int, top: int, height: int) -> None:
        self.on = on
        self.scale = scale
        self.top = top
        self.height = height

    def draw(self, shape: Shape) -> None:
        match shape:
            case Rect():
                self._box(shape, (shape.x, shape.y, shape.width, shape.height), shape.radius)
            case Disc():
                left, top = shape.x - shape.radius, shape.y - shape.radius
                self._box(shape, (left, top, 2 * shape.radius, 2 * shape.radius), shape.radius)
            case Path():
                self._path(shape)

    def _box(
        self, shape: Rect | Disc, box: tuple[float, float, float, float], radius: float
    ) -> None:
        """Draw a box with round corners, of which a disc is one; its edge is half outside."""
        x, y, width, height = box
        half = shape.stroke_width / 2 if shape.stroke else 0
        left, top = self._dot((x - half, y - half))
        right, bottom = self._dot((x + width + half, y + height + half))
        if self._is_off(top, bottom) or right <= left or bottom <= top:
            return
        self.on.rounded_rectangle(
            (left, top, right - 1, bottom - 1),
            radius=(radius + half) * self.scale if radius else 0,
            fill=LIGHT[shape.fill] if shape.fill else None,
            outline=LIGHT[shape.stroke] if shape.stroke else None,
            width=max(1, round(shape.stroke_width * self.scale)),
        )

    def _path(self, shape: Path) -> None:
        shaft, head = shaft_and_head(shape)
        if shape.closed and shaft:
            shaft = [*shaft, shaft[0]]
        if shape.fill:
            self._polygon(shaft, shape.fill)
        if shape.stroke:
            pieces = dashes(shaft) if shape.dashed else [shaft]
            for piece in pieces:
                self._line(piece, shape)
            self._polygon(head, shape.stroke)

    def _line(self, points: Sequence[Point], shape: Path) -> None:
        dots = [self._dot(point) for point in points]
        if len(dots) < 2 or self._is_out_of_sight(dots, shape.stroke_width):
            return
        width = max(1, round(shape.stroke_width * self.scale))
        self.on.line(dots, fill=LIGHT[shape.stroke], width=width, joint="curve")

    def _polygon(self, points: Sequence[Point], role: str) -> None:
        dots = [self._dot(point) for point in points]
        if len(dots) > 2 and not self._is_out_of_sight(dots, 0):
            self.on.polygon(dots, fill=LIGHT[role])

    def _dot(self, point: Point) -> tuple[int, int]:
        return round(point[0] * self.scale), round(point[1] * self.scale) - self.top

    def _is_out_of_sight(self, dots: Sequence[tuple[int, int]], width: float) -> bool:
        reach = width * self.scale
        heights = [y for _, y in dots]
        return self._is_off(min(heights) - reach, max(heights) + reach)

    def _is_off(self, top: float, bottom: float) -> bool:
        return bottom < 0 or top > self.height


@cache
def _font(size: float, *, bold: bool) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    file = FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    # The plain layout, as the other one depends on what the machine has.
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
