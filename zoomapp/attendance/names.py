"""Display names: when two of them count as equal, and their initials."""

import unicodedata


def same_name(name: str) -> str:
    """A display name in the form in which equal names are equal.

    Zoom's dashboard writes "Doe# Jane" where webhooks and reports write "Doe, Jane".
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("#", ",").split())


def initials(name: str) -> str:
    """At most two letters, of the first and the last word; a name of one or two characters is returned whole."""
    if 0 < len(name) <= 2:
        return name.upper()
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
