"""Configuration as a file: what is in force as one document, and what another document would change.

Invariant: a document that is read and written again says the same, and one that is exported and applied changes
nothing.
"""

from enishi.configuration.documents import SCHEMA_FILE, read_configuration, schema, write_configuration
from enishi.configuration.model import (
    FORMAT,
    Change,
    Configuration,
    Current,
    Danger,
    DangerousChange,
    InvalidConfiguration,
    Plan,
)
from enishi.configuration.rules import find_problems, make_plan, refuse_dangers, refuse_problems

__all__ = [
    "FORMAT",
    "SCHEMA_FILE",
    "Change",
    "Configuration",
    "Current",
    "Danger",
    "DangerousChange",
    "InvalidConfiguration",
    "Plan",
    "find_problems",
    "make_plan",
    "read_configuration",
    "refuse_dangers",
    "refuse_problems",
    "schema",
    "write_configuration",
]
