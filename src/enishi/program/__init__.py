"""The earning programme: published versions of its settings, and pure pricing that explains itself."""

from enishi.program.descriptions import describe
from enishi.program.explanations import explain, explain_no_award
from enishi.program.model import (
    Award,
    AwardBasis,
    BasisPart,
    EarningBase,
    EarningRule,
    EffectiveTimeInPast,
    ExpiryPolicy,
    Explanation,
    ExtendedByActivity,
    FixedDate,
    InvalidProgramSettings,
    Locale,
    MonthsToMonthEnd,
    Problem,
    ProgramSettings,
    ProgramVersion,
    Rounding,
    RoundingScope,
    Step,
)
from enishi.program.rules import assess, day_in_zone, default_settings, expires_on, price, version_at
from enishi.program.service import ask_latest_version, latest_version, load_versions, publish_version
from enishi.program.validation import validate

__all__ = [
    "Award",
    "AwardBasis",
    "BasisPart",
    "EarningBase",
    "EarningRule",
    "EffectiveTimeInPast",
    "ExpiryPolicy",
    "Explanation",
    "ExtendedByActivity",
    "FixedDate",
    "InvalidProgramSettings",
    "Locale",
    "MonthsToMonthEnd",
    "Problem",
    "ProgramSettings",
    "ProgramVersion",
    "Rounding",
    "RoundingScope",
    "Step",
    "ask_latest_version",
    "assess",
    "day_in_zone",
    "default_settings",
    "describe",
    "expires_on",
    "explain",
    "explain_no_award",
    "latest_version",
    "load_versions",
    "price",
    "publish_version",
    "validate",
    "version_at",
]
