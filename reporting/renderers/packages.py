"""Files that are zip packages, such as workbooks: the same bytes whenever they are written."""

import shutil
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The first day that a zip can name. When a file was written says nothing about what is in it.
_DAY = (1980, 1, 1, 0, 0, 0)
_MSDOS = 0


def fixed_zip(data: bytes, replace: Mapping[str, bytes]) -> bytes:
    """Return a zip package without traces of when and where it was written.

    Its parts stand by name, all of one day; those in ``replace`` have the content given there.

    Raises:
        KeyError: the package has no part of a name in ``replace``.
    """
    made = BytesIO()
    with ZipFile(BytesIO(data)) as given, ZipFile(made, "w", ZIP_DEFLATED) as fixed:
        names = sorted(given.namelist())
        if unknown := set(replace).difference(names):
            raise KeyError(*sorted(unknown))
        for name in names:
            part = ZipInfo(name, _DAY)
            part.compress_type = ZIP_DEFLATED
            part.create_system = _MSDOS
            if name in replace:
                fixed.writestr(part, replace[name])
                continue
            # The size is told beforehand, so that the head of a large part does not depend on it.
            part.file_size = given.getinfo(name).file_size
            with given.open(name) as source, fixed.open(part, "w") as target:
                shutil.copyfileobj(source, target)
    return made.getvalue()
