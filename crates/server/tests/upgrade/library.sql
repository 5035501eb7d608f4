CREATE TABLE authors (author_id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT);
CREATE TABLE books (book_id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors (author_id), title TEXT, published TEXT, pages INTEGER);
CREATE TABLE loans (loan_id INTEGER PRIMARY KEY, book_id INTEGER, loaned_on TEXT);
INSERT INTO authors VALUES (1, 'Ada Berg', 'Norway'), (2, 'Imre Kovacs', 'Hungary'), (3, 'Lena Fuchs', 'Austria'), (4, 'Tom Hale', 'Ireland');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO books SELECT i, 1 + i % 4, 'Volume ' || i, printf('20%02d-0%d-11', i % 20, 1 + i % 9), 80 + i * 7 FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO loans SELECT i, 1 + i * 5 % 24, printf('2024-%02d-%02d', 1 + i % 12, 1 + i % 28) FROM n;
