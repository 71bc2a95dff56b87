"""Template tags of extraction."""
