"""Showing an identifier so that its owner recognises it and nobody else can use it. Pure."""

MASK = "•"
_SHOWN_AT_END = 4


def mask_identifier(kind: str, value: str) -> str:
    """Mask a normalised identifier: a phone number or card keeps its last four, an e-mail address its domain.

    At most half of a value is ever shown, and the number of dots does not tell its length.
    """
    if kind == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[: min(1, len(local) // 2)]}{MASK * 4}@{domain}"
    if kind == "phone":
        return f"{_area(value)}{MASK * 4}-{value[-_SHOWN_AT_END:]}"
    shown = min(_SHOWN_AT_END, len(value) // 2)
    return f"{MASK * 4} {value[len(value) - shown :]}" if shown else MASK * 4


def _area(phone: str) -> str:
    """Whether it is a mobile number and which kind, which tells a person which of their numbers is meant."""
    if phone.startswith("+81"):
        national = "0" + phone.removeprefix("+81")
        return f"{national[:3]}-" if national[:3] in {"050", "060", "070", "080", "090"} else "0"
    return "+"


def mask_name(name: str) -> str:
    """Mask a name so that whoever knows its owner recognises them: of each part the first character is left."""
    return " ".join(f"{part[0]}{MASK * min(2, len(part) - 1) or MASK}" for part in name.split()) or MASK * 4
