"""Background jobs: who works, and what becomes of a job whose worker died."""
