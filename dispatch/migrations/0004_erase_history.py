"""The owner's function that masks the words in the history of visits to one subscriber (decision 0008)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION erase_visit_history(act bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    erased_id CONSTANT bigint := public.erasing(act);
    touched bigint;
BEGIN
    UPDATE public.dispatch_visitevent e
    SET data = public.without_texts(e.data), changed = public.without_texts(e.changed)
    FROM public.dispatch_visit v LEFT JOIN public.tickets_ticket t ON t.id = v.ticket_id
    WHERE v.id = e.thing_id AND (v.subscriber_id = erased_id OR t.subscriber_id = erased_id)
      AND (public.without_texts(e.data) <> e.data OR public.without_texts(e.changed) <> e.changed);
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
REVOKE ALL ON FUNCTION erase_visit_history(bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_event_origin"), ("customers", "0003_erasure_walls")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION erase_visit_history(bigint)")]
