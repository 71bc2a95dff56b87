"""Changes of reporting: the claims a review is compared with, and the tables a lead saves."""

from reporting.services.claims import Claim, set_claims
from reporting.services.saved_tables import remove_table, save_table

__all__ = ["Claim", "remove_table", "save_table", "set_claims"]
