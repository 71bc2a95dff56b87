"""Statistics on plain numbers: no model, no request, no database."""
