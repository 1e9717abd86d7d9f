"""What the database itself sees to when personal data is erased (docs/decisions/0008-erasure.md).

- An act notes its own transaction, whatever the application writes there, and must fit a confirmed erasure.
- `erasing(act)`: whose data this transaction may erase, by an act of this very transaction; raises otherwise.
- `without_texts(data)`: a history row's data with its words replaced; ids, states, times stay.

Each app with a history of its own adds a function that uses the two and touches its own table only.
"""

from django.db import migrations

ACT = """
CREATE FUNCTION customers_act_is_of_this_transaction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.customers_erasure e
    WHERE e.id = NEW.erasure_id AND e.subscriber_id = NEW.subscriber_id AND e.state = 'confirmed'
      AND e.asked_by_id = NEW.asked_by_id AND e.confirmed_by_id = NEW.confirmed_by_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an act needs a confirmed erasure of the same subscriber'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.xact := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER of_this_transaction BEFORE INSERT ON customers_erasureact
    FOR EACH ROW EXECUTE FUNCTION customers_act_is_of_this_transaction();
"""

ERASING = """
CREATE FUNCTION erasing(act bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subject bigint;
BEGIN
    SELECT a.subscriber_id INTO subject FROM public.customers_erasureact a
    WHERE a.id = act AND a.xact = pg_current_xact_id()::text::bigint;
    IF subject IS NULL THEN
        RAISE EXCEPTION 'no act of erasure in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN subject;
END $$;
REVOKE ALL ON FUNCTION erasing(bigint) FROM PUBLIC;
"""

# The words that people wrote, by the keys under which actions keep them.
WITHOUT_TEXTS = """
CREATE FUNCTION without_texts(data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys CONSTANT text[] := ARRAY['text', 'reason', 'why', 'subject', 'resolution', 'note', 'report', 'title', 'name',
        'words', 'body', 'comment', 'answer', 'value', 'values', 'field_values', 'file', 'files', 'caption', 'phone',
        'address', 'email', 'draft'];
    mark CONSTANT jsonb := '"[удалено]"';
    one record;
    cleaned jsonb := data;
BEGIN
    IF jsonb_typeof(data) <> 'object' THEN
        RETURN data;
    END IF;
    FOR one IN SELECT key, value FROM jsonb_each(data) WHERE key = ANY (keys) LOOP
        cleaned := jsonb_set(cleaned, ARRAY[one.key], CASE
            WHEN one.value IN ('""', 'null', '[]', '{}') THEN one.value
            WHEN jsonb_typeof(one.value) = 'string' THEN mark
            WHEN jsonb_typeof(one.value) = 'array' THEN (
                SELECT jsonb_agg(CASE
                    WHEN item.value IN ('""', 'null') THEN item.value
                    WHEN jsonb_typeof(item.value) IN ('string', 'object', 'array') THEN mark
                    ELSE item.value END ORDER BY item.n)
                FROM jsonb_array_elements(one.value) WITH ORDINALITY AS item(value, n))
            WHEN jsonb_typeof(one.value) = 'object' THEN mark
            ELSE one.value END);
    END LOOP;
    RETURN cleaned;
END $$;
REVOKE ALL ON FUNCTION without_texts(jsonb) FROM PUBLIC;
"""

DROP = """
DROP TRIGGER of_this_transaction ON customers_erasureact;
DROP FUNCTION customers_act_is_of_this_transaction();
DROP FUNCTION erasing(bigint);
DROP FUNCTION without_texts(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_personal_data")]

    operations = [migrations.RunSQL(ACT + ERASING + WITHOUT_TEXTS, DROP)]
