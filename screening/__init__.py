"""What people said of records: stages, seats, votes, conflicts and full texts."""
