"""An account's tilt from the command line: shown, fed with what its operator did, and led back by a reflection."""
