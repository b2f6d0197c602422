"""What stands between an account and its next entry: the kill switch, the tier it has earned, its losing streak."""
