"""How long SQLAlchemy's reflection takes over all schemas of a PostgreSQL database.

Usage: sqlalchemy_peer.py URL

Reads what our introspection reads (columns, comments, primary, foreign and unique keys of tables and views) by the bulk
methods of the inspector, a schema at a time. Prints one line of JSON: milliseconds of the quicker of two readings, and
tables.
"""

import json
import sys
import time

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope


def reflect(url: str) -> tuple[float, int]:
    engine = create_engine(url)
    began = time.perf_counter()
    tables = 0
    with engine.connect() as connection:
        inspector = inspect(connection)
        for schema in inspector.get_schema_names():
            if schema == "information_schema":
                continue
            what = {"schema": schema, "kind": ObjectKind.ANY, "scope": ObjectScope.DEFAULT}
            tables += len(inspector.get_multi_columns(**what))
            inspector.get_multi_table_comment(**what)
            inspector.get_multi_pk_constraint(**what)
            inspector.get_multi_foreign_keys(**what)
            inspector.get_multi_unique_constraints(**what)
            inspector.get_multi_indexes(**what)
    return (time.perf_counter() - began) * 1000, tables


def main() -> None:
    url = sys.argv[1].replace("postgres://", "postgresql+psycopg://", 1)
    ms, tables = min(reflect(url) for _ in range(2))
    print(json.dumps({"reflect_ms": ms, "tables": tables}))


main()
