"""Figures drawn on the server: shapes first, then a format that writes them."""
