"""Studies, their two extractions, alignment, comparison and the consensus copy."""
