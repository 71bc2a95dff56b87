"""The people: e-mail login and preferences. Knows nothing of reviews."""
