"""``python -m enishi.web.openapi`` prints the OpenAPI document of the pages' API; no database is needed."""

import json
import sys

from enishi.web.app import build_app
from enishi.web.document import describe


def main() -> None:
    """Print the document."""
    json.dump(describe(build_app()), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
