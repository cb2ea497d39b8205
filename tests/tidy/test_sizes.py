"""Nothing grows past what one sitting reads."""

from __future__ import annotations

from tests.tidy.tree import files, is_generated, python_modules, short

FILE_LINES = 400
FUNCTION_LINES = 70


def test_every_file_can_be_read_in_one_sitting() -> None:
    """A file that nobody reads whole is changed by search and hope, and grows faster the longer it is.

    The limit makes the split happen while the parts still have names.
    """
    too_long = {
        short(path): count
        for path in files(".py", ".ts", ".tsx")
        if not is_generated(path) and (count := len(path.read_text(encoding="utf-8").splitlines())) >= FILE_LINES
    }
    assert too_long == {}


def test_every_function_fits_on_a_screen() -> None:
    """In a function longer than a screen, what holds at its end can no longer be seen from where it was set up.

    Counted from ``def`` to the last line, docstring and statement text included.
    """
    too_long = {
        f"{module.at(function)} {function.name}": count
        for module in python_modules()
        for function in module.functions
        if (count := (function.end_lineno or function.lineno) - function.lineno + 1) >= FUNCTION_LINES
    }
    assert too_long == {}
