"""One part of the benchmark in a process of its own: ``child PART ARGUMENTS``, JSON in and out."""

import importlib
import json
import os
import sys

import django

MARK = "ifi_bench"
# Part to the function that measures it; read late, since reading needs neither Django nor rows.
PARTS = {
    "parse": "ifi_review.benchmarks.parsing.parse",
    "import": "ifi_review.benchmarks.importing.run_import",
    "bare": "ifi_review.benchmarks.importing.run_bare",
    "duplicates": "ifi_review.benchmarks.importing.run_duplicates",
    "pages": "ifi_review.benchmarks.pages.time_pages",
    "series": "ifi_review.benchmarks.series.enter_series",
    "results": "ifi_review.benchmarks.results.time_results",
    "prepare": "ifi_review.benchmarks.waiting.prepare",
    "vote": "ifi_review.benchmarks.waiting.vote",
}


def main(part: str, arguments: str) -> None:
    """Measure one part on the scratch database that the environment names."""
    if MARK not in os.environ.get("DATABASE_URL", ""):
        sys.exit("The benchmark works in databases of its own only; run manage.py bench.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "ifi_review.settings"
    if part != "parse":
        django.setup()
    module, _, name = PARTS[part].rpartition(".")
    result = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
