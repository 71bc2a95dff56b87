"""The benchmark: what is measured, on databases that are made for it and thrown away."""
