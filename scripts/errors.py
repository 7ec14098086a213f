"""The one failure of these scripts."""


class SetupError(Exception):
    """Something is missing or went wrong on this machine; the sentence says what to do."""
