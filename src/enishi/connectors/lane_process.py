"""A process that handles batches of receipts for the one that started it: ``python -m enishi.connectors.lane_process``.

Messages come on stdin and go to stdout; ``enishi.connectors.lanes`` says in which form. It ends when its stdin does.
"""

from __future__ import annotations

import base64
import sys
from typing import IO, Final

import msgspec
import psycopg

from enishi.connectors.lanes import DATABASE, Job, perform, read_frame, write_frame
from enishi.flows import PurchaseContext
from enishi.kit.collector import settle_collector
from enishi.kit.log import configure_logging, get_logger, log_failure
from enishi.kit.vault import Keyring
from enishi.purchases import Purchase

_decode_batch: Final = msgspec.json.Decoder(list[Purchase]).decode
_encode: Final = msgspec.json.Encoder().encode
_log = get_logger("lane")


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Take the job, then batch after batch, until nobody asks any more."""
    body = read_frame(requests)
    if body is None:
        return
    job = msgspec.json.decode(body, type=Job)
    context = PurchaseContext(Keyring(base64.b64decode(job.master_key)), in_history=job.in_history)
    # The connection string carries the settings of the pool it is taken from.
    with psycopg.connect(job.dsn, prepare_threshold=1) as conn:
        while (body := read_frame(requests)) is not None:
            write_frame(answers, _encode(perform(conn, context, job.work, _decode_batch(body))))


def main() -> None:
    """Serve stdin; whatever stops that is told on stdout, and in full only in the log."""
    configure_logging("warning")
    settle_collector()
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        return
    except psycopg.OperationalError:
        write_frame(sys.stdout.buffer, _encode({"error": DATABASE}))
    except Exception as error:  # noqa: BLE001 - told to whoever started this process, and logged
        log_failure(_log, "lane failed", error)
        write_frame(sys.stdout.buffer, _encode({"error": type(error).__name__}))


if __name__ == "__main__":
    main()
