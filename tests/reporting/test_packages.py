"""Zip packages: what stands in them, and nothing of when and where they were written."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest

from reporting.renderers.packages import fixed_zip


def packed(*parts: tuple[str, bytes], year: int = 2026, system: int = 3) -> bytes:
    """Return a zip written in a year on a system."""
    made = BytesIO()
    with ZipFile(made, "w") as package:
        for name, content in parts:
            info = ZipInfo(name, (year, 5, 4, 3, 2, 0))
            info.create_system = system
            info.compress_type = ZIP_STORED
            package.writestr(info, content)
    return made.getvalue()


@pytest.mark.catalogue("E09")
def test_year_system_and_order_of_the_parts_leave_no_trace():
    one = packed(("b/two.xml", b"<two/>"), ("a.xml", b"<one/>"), year=2026, system=3)
    other = packed(("a.xml", b"<one/>"), ("b/two.xml", b"<two/>"), year=1999, system=0)

    assert one != other
    assert fixed_zip(one, {}) == fixed_zip(other, {})


def test_parts_are_kept_but_for_those_that_are_replaced():
    data = packed(("core.xml", b"<now/>"), ("sheet.xml", b"<sheet/>" * 9000))

    with ZipFile(BytesIO(fixed_zip(data, {"core.xml": b"<then/>"}))) as package:
        assert package.testzip() is None
        assert package.namelist() == ["core.xml", "sheet.xml"]
        assert package.read("core.xml") == b"<then/>"
        assert package.read("sheet.xml") == b"<sheet/>" * 9000


def test_a_part_that_is_not_there_is_not_replaced_in_silence():
    with pytest.raises(KeyError, match=r"core\.xml"):
        fixed_zip(packed(("sheet.xml", b"")), {"core.xml": b"<then/>"})
