"""A printed page, sheet by sheet: what stands on it, how far it is filled, what lies over each other."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import takewhile

import pypdfium2 as pdfium

MM = 72 / 25.4
TOP, FOOT = 13 * MM, 17 * MM  # no margin is narrower; the lower one holds name and number of the sheet
SHADE = 200  # of 255; what is lighter is no ink


@dataclass(frozen=True)
class Sheet:
    """One side of paper."""

    text: str
    filled: float  # how far down the ink reaches, from 0 to 1
    last: str  # the last line above the foot
    collisions: list[str]  # pairs of texts that lie over each other


def sheets(pdf: bytes) -> list[Sheet]:
    """Every sheet of a PDF."""
    return [sheet(page) for page in pdfium.PdfDocument(pdf)]


def sheet(page: pdfium.PdfPage) -> Sheet:
    """What one page of a PDF has."""
    written = page.get_textpage()
    boxes = [written.get_rect(number) for number in range(written.count_rects())]
    boxes = [box for box in boxes if box[1] > FOOT and written.get_text_bounded(*box).strip()]
    low = min((box[1] for box in boxes), default=FOOT)
    line = written.get_text_bounded(0, low, page.get_width(), low + 9)
    found = [" / ".join(written.get_text_bounded(*box) for box in pair) for pair in overlapping(boxes)]
    return Sheet(readable(written.get_text_range()), filled(page), readable(line), found)


def readable(text: str) -> str:
    """Text without ligatures and line breaks; PDFium has a sign of its own for a hyphen at a line's end."""
    whole = re.sub("[\ufffe-]\r?\n|\ufffe", "-", text)
    return " ".join(unicodedata.normalize("NFKC", whole).split())


def filled(page: pdfium.PdfPage) -> float:
    """How far down the ink of a page reaches between its margins."""
    picture = page.render(grayscale=True)  # a pixel a point
    rows, pixels = picture.stride, bytes(picture.buffer)
    inked = range(int(TOP), int(picture.height - FOOT))
    low = (y for y in reversed(inked) if min(pixels[y * rows : y * rows + picture.width]) < SHADE)
    return (next(low, inked.start) - inked.start) / len(inked)


def overlapping(boxes: list[tuple]) -> list[tuple]:
    """Pairs of boxes (left, bottom, right, top) that share two points both ways; kerning takes less."""
    pairs, high = [], sorted(boxes, key=lambda box: -box[3])
    for number, one in enumerate(high):
        for other in takewhile(lambda each, low=one[1]: each[3] > low + 2, high[number + 1 :]):
            wide = min(one[2], other[2]) - max(one[0], other[0])
            if wide > 2 and min(one[3], other[3]) - max(one[1], other[1]) > 2:
                pairs.append((one, other))
    return pairs
