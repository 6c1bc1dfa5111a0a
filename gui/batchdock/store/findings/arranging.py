"""Puts pictures in the order of their names as people count, once, so that no question has to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SOUGHT = "lower(upper(nfc_normalize({0})))"
"""A text without regard to case and Unicode form. By way of upper case, or ς would not be σ."""

_NATURAL = (
    # Every run of digits becomes 18 long; a folder's end comes before every other character.
    r"regexp_replace(regexp_replace(replace(sought, '/', chr(1)), '([0-9]+)', '000000000000000000\1', 'g'), "
    r"'[0-9]*([0-9]{18})', '\1', 'g')"
)


def arrange(connection: "duckdb.DuckDBPyConnection") -> None:
    """Fill `places`. To be called once, when `pictures` is complete. Takes 0.4 s for 100,000 names."""
    connection.execute(
        f"""
        insert into places
        with known as (select name, {SOUGHT.format("name")} as sought from (select distinct name from pictures)),
        ranked as (select name, sought, row_number() over (order by {_NATURAL}, sought, name) as rank from known)
        select number, row_number() over (order by rank, coalesce(frame, 0), number) - 1, sought
        from pictures join ranked using (name) order by number
        """  # noqa: S608 - constants
    )
