"""Records, de-duplication, votes, conflicts and full texts."""
