"""A PostgreSQL schema of thousands of tables with comments, keys and rows, as SQL; the same every time.

Usage: scale_schema.py create [--tables 5000] | psql …
       scale_schema.py change [--tables 5000] | psql …

`create` makes 25 schemas of business tables: identity columns, one to three references to earlier tables (four of five
declared as foreign keys), codes, names, states, amounts, dates; comments on most tables and many columns; a view for
every hundredth table. Most tables have 20 to 200 rows, every hundredth 5,000 and every thousandth 300,000.
`change` alters ten of them: a column more, a column fewer, a column renamed, a comment, a type, a table renamed, one
dropped, one new, and new rows in two.
"""

import argparse
import itertools

DOMAINS = [
    "sales", "purchasing", "inventory", "finance", "payroll", "staffing", "production", "quality", "logistics",
    "marketing", "support", "legal", "facilities", "research", "treasury", "audit", "catalog", "pricing", "billing",
    "training", "safety", "energy", "fleet", "insurance", "projects",
]
SUBJECTS = [
    "customer", "supplier", "employee", "product", "order", "invoice", "contract", "shipment", "warehouse", "payment",
    "machine", "vehicle", "budget", "campaign", "ticket", "asset", "department", "account", "site", "policy",
]
ASPECTS = [
    "", "address", "contact", "history", "line", "status", "group", "note", "document", "approval",
]
STATES = [
    ["open", "closed", "cancelled"],
    ["draft", "approved", "rejected", "archived"],
    ["new", "active", "suspended", "expired"],
    ["low", "medium", "high", "critical"],
]
PLACES = ["Paris", "Oslo", "Budapest", "Lima", "Osaka", "Accra", "Turin", "Quito", "Leeds", "Tampa", "Perth", "Cairo"]


def named(tables):
    """(schema, table, subject, aspect) of each table."""
    found = []
    for subject, aspect in itertools.product(SUBJECTS, ASPECTS):
        for schema in DOMAINS:
            name = f"{subject}_{aspect}" if aspect else subject
            found.append((schema, name, subject, aspect))
    found = found[:tables]
    for extra in range(tables - len(found)):
        schema, subject = DOMAINS[extra % 25], SUBJECTS[extra // 25 % 20]
        found.append((schema, f"{subject}_archive_{extra // 500 + 1}", subject, "archive"))
    return found


def rows_of(number):
    if number % 1000 == 999:
        return 300_000
    if number % 100 == 50:
        return 5_000
    return 20 + number * 37 % 181


def text(value):
    return "'" + value.replace("'", "''") + "'"


def create(count):
    tables = named(count)
    places = "ARRAY[" + ", ".join(map(text, PLACES)) + "]"
    yield "SET client_min_messages = warning; SET synchronous_commit = off;"
    for schema in DOMAINS:
        yield f"CREATE SCHEMA {schema};"
    for number, (schema, name, subject, aspect) in enumerate(tables):
        full = f"{schema}.{name}"
        rows = rows_of(number)
        states = STATES[number % len(STATES)]
        listed = "ARRAY[" + ", ".join(map(text, states)) + "]"
        columns = [(f"{name}_id", "integer PRIMARY KEY", "i", f"Key of the {name.replace('_', ' ')}")]
        # Within the schema: the subject's own table first, then others.
        parents = []
        for step in range(1 + number % 3):
            back = (number * (7 + step) + step * 13) % max(number, 1)
            target = number - 25 * (1 + back // 25) if number >= 25 else -1
            if target >= 0 and all(target != p for p, _ in parents):
                parents.append((target, step))
        for target, step in parents:
            other = tables[target][1]
            role = "" if step == 0 else ["", "previous_", "related_"][step]
            fill = f"1 + (i * {31 + step * 12}) % {rows_of(target)}"
            columns.append((f"{role}{other}_id", "integer", fill, f"The {other.replace('_', ' ')} that it belongs to"))
        columns += [
            ("code", "varchar(20) NOT NULL", f"'{subject[:2].upper()}-' || lpad(i::text, 6, '0')", "Code on paper"),
            ("name", "text", f"'{subject.title()} ' || i", f"Name of the {subject}"),
            ("status", "varchar(20)", f"({listed})[1 + (i % 1000) * (i % 1000) % {len(states)}]", f"One of {', '.join(states)}"),
            ("city", "text", f"({places})[1 + i * 7 % {len(PLACES)}]", "Where it is"),
            ("amount", "numeric(12,2)", "round((i % 10000 * 7919 % 100000) / 100.0, 2)", "In euro, without tax"),
            ("created_at", "timestamp", "timestamp '2021-01-01' + i * interval '7 hours'", "When it was entered"),
            ("remarks", "text", "CASE WHEN i % 4 = 0 THEN 'checked by hand ' || i END", "Whatever else is known"),
        ]
        yield f"CREATE TABLE {full} ({', '.join(f'{c} {t}' for c, t, _, _ in columns)});"
        yield f"INSERT INTO {full} SELECT {', '.join(fill for _, _, fill, _ in columns)} FROM generate_series(1, {rows}) AS i;"
        for target, step in parents:
            if (number + step) % 5:
                to_schema, other, _, _ = tables[target]
                role = "" if step == 0 else ["", "previous_", "related_"][step]
                yield f"ALTER TABLE {full} ADD FOREIGN KEY ({role}{other}_id) REFERENCES {to_schema}.{other};"
        if number % 10 < 7:
            about = f"{aspect.title()} of each {subject} in {schema}" if aspect else f"Each {subject} that {schema} deals with"
            yield f"COMMENT ON TABLE {full} IS {text(about)};"
        for place, (column, _, _, about) in enumerate(columns):
            if (number + place) % 2:
                yield f"COMMENT ON COLUMN {full}.{column} IS {text(about)};"
        if number % 100 == 10:
            yield f"CREATE VIEW {full}_by_city AS SELECT city, count(*) AS entries, sum(amount) AS total FROM {full} GROUP BY city;"
    yield "ANALYZE;"


def change(count):
    full = [f"{schema}.{name}" for schema, name, _, _ in named(count)]
    last = len(full)
    a, b, c, d, e, f, g, h, i = (full[last * k // 11 + 3] for k in range(1, 10))
    yield f"ALTER TABLE {a} ADD COLUMN loyalty_tier text DEFAULT 'bronze';"
    yield f"ALTER TABLE {b} DROP COLUMN city CASCADE;"
    yield f"ALTER TABLE {c} RENAME COLUMN remarks TO comments;"
    yield f"COMMENT ON TABLE {d} IS 'Kept for the tax office';"
    yield f"ALTER TABLE {e} ALTER COLUMN code TYPE text;"
    yield f"ALTER TABLE {f} RENAME TO {f.split('.')[1]}_renamed;"
    yield f"DROP TABLE {g} CASCADE;"
    yield "CREATE TABLE sales.loyalty_programme (programme_id integer PRIMARY KEY, title text, started date);"
    yield "COMMENT ON TABLE sales.loyalty_programme IS 'Programmes that reward customers who come back';"
    yield "INSERT INTO sales.loyalty_programme SELECT i, 'Programme ' || i, date '2024-01-01' + i FROM generate_series(1, 30) AS i;"
    for table in (h, i):
        key = table.split(".")[1] + "_id"
        yield f"INSERT INTO {table} ({key}, code, name) SELECT max({key}) + 1, 'ZZ-000001', 'One more' FROM {table};"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["create", "change"])
    parser.add_argument("--tables", type=int, default=5000)
    arguments = parser.parse_args()
    for statement in {"create": create, "change": change}[arguments.what](arguments.tables):
        print(statement)


main()
