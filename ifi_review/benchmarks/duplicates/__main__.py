"""Write the labelled set to the file named: ``python -m ifi_review.benchmarks.duplicates FILE``."""

import sys
from pathlib import Path

from ifi_review.benchmarks.duplicates.generator import labelled

Path(sys.argv[1]).write_text(labelled(), encoding="utf-8")
