"""A database that lacks something is told from one that is away or damaged, in both engines."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cryptoflow.storage.database import is_lacking
from tests.storage.connections import inside


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("SELECT seq FROM eventz", True),
        ("SELECT seen FROM events", True),
        ("INSERT INTO events (seen) VALUES (1)", True),
        ("INSERT INTO heads (account) VALUES (NULL)", False),
    ],
)
def test_a_table_or_column_that_is_not_there_is_known_by_its_error(url: str, question: str, lacks: bool) -> None:
    with pytest.raises(DBAPIError) as caught:
        inside(url, lambda connection: connection.execute(text(question)))
    assert is_lacking(caught.value) is lacks
