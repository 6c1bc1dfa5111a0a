import re
from datetime import date

import pytest

from batchdock.core.errors import BadIdentifier
from batchdock.core.ids import check_batch_id, check_job_id, new_batch_id, new_job_id

TODAY = date(2026, 11, 22)


def test_new_ids_are_accepted_by_every_client() -> None:
    batch_id, job_id = new_batch_id(TODAY), new_job_id(TODAY)
    assert check_batch_id(batch_id) == batch_id
    assert check_job_id(job_id) == job_id
    # The strictest client allows no underscore and 20 characters.
    assert re.fullmatch(r"[a-z0-9-]{1,20}", job_id)


def test_new_ids_differ() -> None:
    assert len({new_job_id(TODAY) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("bad", ["", "Upper", "a b", "수확", "a/b", "x" * 21])
def test_other_ids_are_named_in_the_refusal(bad: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        check_job_id(bad)
    assert f"“{bad}”" in str(refusal.value)
    assert "20" in str(refusal.value)
