"""What is said of an error inside the suite: it is no verdict."""

_LONGEST = 200


def failure(doing: str, error: BaseException) -> str:
    """Return in a few words at what the suite failed, and how."""
    return f"{doing}: {type(error).__name__}: {' '.join(str(error).split())[:_LONGEST]}"
