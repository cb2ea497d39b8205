"""What the gateway counts, for Prometheus. Labels are routes, statuses and codes: never anything of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from enishi.kit.batcher import BatchReport

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """The counters of one gateway, in a registry of its own."""

    def __init__(self) -> None:
        # A series with the time of creation for each other series doubles the page and answers no question here.
        disable_created_metrics()
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Counter(
            "enishi_http_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "enishi_http_request_seconds",
            "Seconds from a request's headers to its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter("enishi_refusals", "Refusals by code.", ("code",), registry=self.registry)
        self._batch_size = Histogram(
            "enishi_batch_items", "Purchases that shared a transaction.", buckets=_SIZES, registry=self.registry
        )
        self._batch_seconds = Histogram(
            "enishi_batch_seconds", "Seconds to record one batch.", buckets=_SECONDS, registry=self.registry
        )
        self._failed_batches = Counter(
            "enishi_batch_failures", "Batches that failed as a whole.", registry=self.registry
        )
        self._points_earned = Counter("enishi_points_earned", "Points earned by purchases.", registry=self.registry)
        self._points_used = Counter("enishi_points_used", "Points used by purchases.", registry=self.registry)
        self._purchases = Counter("enishi_purchases", "Purchases recorded for the first time.", registry=self.registry)
        self._waiting = Gauge(
            "enishi_queue_waiting", "Requests that wait for a worker.", ("lane",), registry=self.registry
        )
        self._in_hand = Gauge("enishi_queue_in_hand", "Requests being worked on.", ("lane",), registry=self.registry)
        # Looking a child up by its labels costs more than counting; each is looked up once.
        self._answered: dict[tuple[str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def watch_queue(self, lane: str, waiting: Callable[[], float], in_hand: Callable[[], float]) -> None:
        """Show the depth of a lane's queue, and how much is being worked on."""
        self._waiting.labels(lane).set_function(waiting)
        self._in_hand.labels(lane).set_function(in_hand)

    def count_answer(self, route: str, status: int, code: str, seconds: float) -> None:
        """Count an answer; ``code`` is that of a refusal, or empty."""
        counted = self._answered.get((route, status))
        if counted is None:
            counted = (self._requests.labels(route, str(status)).inc, self._seconds.labels(route).observe)
            self._answered[route, status] = counted
        counted[0]()
        counted[1](seconds)
        if code:
            self.count_refusal(code)

    def count_refusal(self, code: str) -> None:
        """Count a refusal, of a request or of one item of a batch."""
        self._refusals.labels(code).inc()

    def count_batch(self, report: BatchReport) -> None:
        """Count a batch of purchases."""
        self._batch_size.observe(report.size)
        self._batch_seconds.observe(report.seconds)
        if report.failed:
            self._failed_batches.inc()

    def count_purchase(self, points_earned: int, points_used: int) -> None:
        """Count a purchase that was recorded for the first time."""
        self._purchases.inc()
        self._points_earned.inc(points_earned)
        self._points_used.inc(points_used)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
