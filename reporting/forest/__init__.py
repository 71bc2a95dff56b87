"""Study estimates of change: which are drawn, with which interval, and what is said of them."""
