"""So many tickets in minutes: made by PostgreSQL itself, without triggers, foreign keys and indexes, which come after.

Three history rows each, 2 % unresolved, 50,000 subscribers; RARE in five tickets, COMMON in a tenth.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

SUBSCRIBERS = 50_000
RARE, COMMON = "птеродактиль", "роутер"
_VOCABULARY = 3_000
_TABLES = ("tickets_ticket", "tickets_ticketevent", "tickets_tickettext")

_PEOPLE = """
INSERT INTO customers_subscriber (account, name, active, opened_on)
SELECT 'B' || n, (ARRAY['Иванова','Петров','Сидорова','Кузнецов','Орлова'])[1 + n %% 5] || n || ' Анна Петровна', true,
    '2020-01-01' FROM generate_series(1, %(subscribers)s) n
"""
_COLLEAGUES = """
INSERT INTO staff_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined, role, extension)
SELECT '!', false, 'bench' || n, 'Имя', 'Фамилия' || n, '', false, true, now(), 'support', ''
FROM generate_series(1, 40) n
"""
# Newest last; every fiftieth is unresolved. The desks share them as 6 : 2 : 1 : 1.
_TICKETS = """
INSERT INTO tickets_ticket (number, desk, topic_id, subject, status, priority, channel, subscriber_id, building_id,
    assignee_id, opened_by_id, opened_at, changed_at, due_at, resolved_at, resolution)
SELECT (100000 + n)::text,
    (ARRAY['support','support','support','support','support','support','first_line','first_line','dispatch','finance'])
        [1 + (n / 50) %% 10],
    topics[1 + n %% array_length(topics, 1)],
    'Нет ' || (ARRAY['интернета','телевидения','сигнала','скорости','связи'])[1 + n %% 5] || ' в квартире ' || n %% 200,
    CASE WHEN n %% 50 = 0 THEN (ARRAY['new','in_work','waiting'])[1 + (n / 500) %% 3] ELSE 'resolved' END,
    1 + n %% 4, 'phone', people[1 + n %% array_length(people, 1)], houses[1 + n %% array_length(houses, 1)],
    CASE WHEN n %% 50 = 0 AND (n / 500) %% 3 = 0 THEN NULL ELSE staff[1 + (n / 50) %% array_length(staff, 1)] END,
    staff[1], at, at, at + interval '1 day',
    CASE WHEN n %% 50 <> 0 THEN at + interval '5 hours' END,
    CASE WHEN n %% 50 <> 0 THEN 'Перезагрузили порт' ELSE '' END
FROM generate_series(1, %(tickets)s) n,
    LATERAL (SELECT now() - (%(tickets)s - n) * interval '30 seconds' - interval '1 minute' AS at) moment,
    (SELECT array_agg(id ORDER BY id) AS topics FROM contacts_topic) t,
    (SELECT array_agg(id ORDER BY id) AS people FROM customers_subscriber WHERE account LIKE 'B%%') p,
    (SELECT array_agg(id ORDER BY id) AS houses FROM network_building) b,
    (SELECT array_agg(id ORDER BY id) AS staff FROM staff_user WHERE role = 'support') s
"""
_EVENTS = """
INSERT INTO tickets_ticketevent (thing_id, at, kind, by_user_id, data)
SELECT id, opened_at + part * interval '1 hour', (ARRAY['opened','commented','taken'])[1 + part], opened_by_id,
    CASE WHEN part = 1 THEN jsonb_build_object('text', 'Абонент говорит: слово' || (id * 7919) %% %(words)s ||
        ' слово' || (id * 104729) %% %(words)s || ' слово' || (id * 1299709) %% %(words)s || ' индикатор мигает' ||
        CASE WHEN id %% 10 = 3 THEN ' ' || %(common)s ELSE '' END ||
        CASE WHEN rank %% (%(tickets)s / 5) = 1 THEN ' ' || %(rare)s ELSE '' END) ELSE '{}'::jsonb END
FROM (SELECT id, opened_at, opened_by_id, row_number() OVER (ORDER BY id) AS rank FROM tickets_ticket
    WHERE number::bigint > 100000) ticket, generate_series(0, 2) part
"""
_WORDS = """
INSERT INTO tickets_tickettext (ticket_id, words)
SELECT ticket.id, to_tsvector('russian', concat_ws(' ', number, subject, resolution, event.data->>'text'))
FROM tickets_ticket ticket JOIN tickets_ticketevent event ON event.thing_id = ticket.id AND event.kind = 'commented'
ON CONFLICT DO NOTHING
"""
_TALLY = """
DELETE FROM tickets_tally;
INSERT INTO tickets_tally (desk, status, assignee, tickets)
SELECT desk, status, CASE WHEN status <> 'resolved' THEN assignee_id END, count(*)
FROM tickets_ticket WHERE merged_into_id IS NULL GROUP BY 1, 2, 3;
"""


def fill(tickets: int) -> None:
    """Into the database of OWNER_DATABASE_URL, which holds a town with topics and buildings."""
    values = dict(tickets=tickets, subscribers=SUBSCRIBERS, words=_VOCABULARY, common=COMMON, rare=RARE)
    connection = psycopg2.connect(os.environ["OWNER_DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_PEOPLE, values)
            cursor.execute(_COLLEAGUES)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            with _bare(cursor):
                for statement in (_TICKETS, _EVENTS, _WORDS):
                    cursor.execute(statement, values)
            cursor.execute(_TALLY)
            cursor.execute("SELECT setval('tickets_number', 2000000)")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()


@contextmanager
def _bare(cursor: "psycopg2.extensions.cursor") -> Iterator[None]:
    """The tables without triggers, foreign keys and indexes; they are put back as they were."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)",
        [list(_TABLES)],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%s) AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)",
        [list(_TABLES)],
    )
    indexes = cursor.fetchall()
    for table, key, _definition in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key}"')
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for index, _definition in indexes:
        cursor.execute(f'DROP INDEX "{index}"')
    yield
    for _index, definition in indexes:
        cursor.execute(definition)
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for table, key, definition in keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{key}" {definition}')
