"""What leaves the system: tables, figures and files."""
