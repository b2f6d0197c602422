"""The account's discipline on trial: what it does to every shipped pipeline on recorded prices."""
