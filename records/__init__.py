"""What files gave: sources, imports, records, duplicates, labels and the search."""
