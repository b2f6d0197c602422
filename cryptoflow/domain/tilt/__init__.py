"""How calmly an account is led: what is out of its usual ways, and what follows from that for its next entry."""
