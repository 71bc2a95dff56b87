"""Keep the npm lock file to names, versions and digests."""

import json
import sys
from pathlib import Path


def without_addresses(lock: dict[str, object]) -> dict[str, object]:
    """Return the lock without the addresses that npm copies from the packages' own files."""
    packages = lock["packages"]
    if isinstance(packages, dict):
        for package in packages.values():
            for field in ("funding", "resolved"):
                package.pop(field, None)
    return lock


if __name__ == "__main__":
    path = Path(sys.argv[1])
    lock = without_addresses(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
