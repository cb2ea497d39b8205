"""What the gateway counts, for Prometheus. Labels are routes, statuses and codes: never anything of a person."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
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
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from enishi.kit.batcher import BatchReport

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128)


class _Answers(Collector):
    """Answers by route and status, and their times, counted on the event loop and put into families when asked for.

    A counter and a histogram of the library take locks and build label keys for each of five numbers, which would be a
    tenth of the cost of a request.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._times: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one answer. Only ever called by the event loop's thread."""
        key = (route, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = [0] * (len(_SECONDS) + 1)
            self._sums[route] = 0.0
        times[bisect_left(_SECONDS, seconds)] += 1
        self._sums[route] += seconds

    def collect(self) -> Iterator[Metric]:
        """The families, as the library's registry asks for them."""
        requests = CounterMetricFamily("enishi_http_requests", "Requests answered.", labels=("route", "status"))
        for (route, status), count in list(self._counts.items()):
            requests.add_metric((route, str(status)), count)
        yield requests
        seconds = HistogramMetricFamily(
            "enishi_http_request_seconds", "Seconds from a request's headers to its answer.", labels=("route",)
        )
        bounds = (*(str(bound) for bound in _SECONDS), "+Inf")
        for route, times in list(self._times.items()):
            seconds.add_metric((route,), list(zip(bounds, accumulate(times), strict=True)), self._sums[route])
        yield seconds


class Metrics:
    """The counters of one gateway, in a registry of its own."""

    def __init__(self) -> None:
        # A series with the time of creation for each other series doubles the page and answers no question here.
        disable_created_metrics()
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._answers = _Answers()
        self.registry.register(self._answers)
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

    def watch_queue(self, lane: str, waiting: Callable[[], float], in_hand: Callable[[], float]) -> None:
        """Show the depth of a lane's queue, and how much is being worked on."""
        self._waiting.labels(lane).set_function(waiting)
        self._in_hand.labels(lane).set_function(in_hand)

    def count_answer(self, route: str, status: int, code: str, seconds: float) -> None:
        """Count an answer; ``code`` is that of a refusal, or empty."""
        self._answers.count(route, status, seconds)
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

    def count_purchases(self, purchases: int, points_earned: int, points_used: int) -> None:
        """Count purchases that were recorded for the first time."""
        self._purchases.inc(purchases)
        self._points_earned.inc(points_earned)
        self._points_used.inc(points_used)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
