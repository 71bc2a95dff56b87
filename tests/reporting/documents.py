"""Documents read back: their paragraphs, and their tables cell by cell."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn


def read(data: bytes) -> Any:
    """Return a document from its bytes."""
    return docx.Document(BytesIO(data))


def grids(document: Any) -> list[list[list[str]]]:
    """Return the texts of each table: rows of cells, a merged cell once."""
    return [
        [[text_of(cell) for cell in row.findall(qn("w:tc"))] for row in table._tbl.tr_lst]
        for table in document.tables
    ]


def text_of(part: Any) -> str:
    """Return the text of a cell or a paragraph, its breaks as line breaks."""
    found = part.iter(qn("w:t"), qn("w:br"))
    return "".join("\n" if each.tag == qn("w:br") else each.text or "" for each in found)


def paragraphs(document: Any) -> list[str]:
    """Return the texts of the paragraphs outside tables."""
    return [text_of(each._p) for each in document.paragraphs]


def raised(part: Any) -> Iterator[str]:
    """Yield what stands in superscript."""
    for run in part.iter(qn("w:r")):
        if run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}") is not None:
            yield text_of(run)
