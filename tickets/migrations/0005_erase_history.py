"""The owner's function that masks the words in the history of one subscriber's tickets (decision 0008)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION erase_ticket_history(act bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    erased_id CONSTANT bigint := public.erasing(act);
    touched bigint;
BEGIN
    UPDATE public.tickets_ticketevent e
    SET data = public.without_texts(e.data), changed = public.without_texts(e.changed)
    FROM public.tickets_ticket t
    WHERE t.id = e.thing_id AND t.subscriber_id = erased_id
      AND (public.without_texts(e.data) <> e.data OR public.without_texts(e.changed) <> e.changed);
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
REVOKE ALL ON FUNCTION erase_ticket_history(bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_sla"), ("customers", "0003_erasure_walls")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION erase_ticket_history(bigint)")]
