"""The review itself: protocol, members, roles and the audit chain."""
