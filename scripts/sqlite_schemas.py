#!/usr/bin/env python3
"""Loads SQLite files into one PostgreSQL database, a schema each, with types, primary keys and the foreign keys that hold.

Usage: sqlite_schemas.py POSTGRES_URL FILE.sqlite...      (needs psql; the schema is named after the file)
"""
import pathlib
import re
import sqlite3
import subprocess
import sys


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def column_type(values):
    seen = {type(v) for v in values if v is not None}
    if seen == {int}:
        return "bigint"
    if seen and seen <= {int, float}:
        return "double precision"
    texts = [v for v in values if isinstance(v, str)]
    if seen == {str} and texts and all(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", t) for t in texts):
        return "date"
    return "text"


def cell(value):
    if value is None:
        return r"\N"
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\0", "")


def script(path):
    schema = path.stem.lower()
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    source.text_factory = lambda b: b.decode("utf-8", "replace")
    tables = [r[0] for r in source.execute("select name from sqlite_master where type='table' and name not like 'sqlite_%'")]
    yield f"drop schema if exists {quote(schema)} cascade; create schema {quote(schema)}; set search_path = {quote(schema)};\n"
    for table in tables:
        columns = list(source.execute(f"pragma table_info({quote(table)})"))
        rows = source.execute(f"select * from {quote(table)}").fetchall()
        types = [column_type([r[i] for r in rows]) for i in range(len(columns))]
        body = ", ".join(f"{quote(c[1].lower())} {t}" for c, t in zip(columns, types))
        yield f"create table {quote(table.lower())} ({body});\ncopy {quote(table.lower())} from stdin;\n"
        yield from ("\t".join(map(cell, row)) + "\n" for row in rows)
        yield "\\.\n"
        key = [c[1].lower() for c in sorted(columns, key=lambda c: c[5]) if c[5]]
        if key:
            yield f"alter table {quote(table.lower())} add primary key ({', '.join(map(quote, key))});\n"
    for table in tables:
        keys = {}
        for row in source.execute(f"pragma foreign_key_list({quote(table)})"):
            if row[4] is not None:
                keys.setdefault(row[0], (row[2], []))[1].append((row[3], row[4]))
        for parent, pairs in keys.values():
            child = ", ".join(quote(a.lower()) for a, _ in pairs)
            target = ", ".join(quote(b.lower()) for _, b in pairs)
            # Public data breaks its own keys: one that does not hold is left out, as many a real database does.
            yield (
                f"do $$ begin alter table {quote(table.lower())} add foreign key ({child}) references "
                f"{quote(parent.lower())} ({target}); exception when others then null; end $$;\n"
            )


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    psql = subprocess.Popen(["psql", "-q", "-v", "ON_ERROR_STOP=1", sys.argv[1]], stdin=subprocess.PIPE, text=True)
    for name in sys.argv[2:]:
        for line in script(pathlib.Path(name)):
            psql.stdin.write(line)
    psql.stdin.write("analyze;\n")
    psql.stdin.close()
    sys.exit(psql.wait())


if __name__ == "__main__":
    main()
