"""Which field of a signal each output of a strategy fills, in both drivers."""

FLAGS = {"enter_long": "enter", "exit_long": "leave", "add_when": "add"}

NUMBERS = {
    "score": "score",
    "size": "size",
    "stop_loss": "stop_distance",
    "stop_at": "stop_at",
    "take_profit": "take_distance",
    "take_at": "take_at",
    "trailing_stop": "trail_distance",
}
