from django.db import migrations

GUARDS = """
-- The balance follows the entries, and nothing else moves it. A reversal is the exact opposite of its entry.
CREATE FUNCTION billing_entry_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE undone billing_entry;
BEGIN
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO undone FROM billing_entry WHERE id = NEW.reverses_id;
        IF (undone.account_id, undone.book, undone.amount) IS DISTINCT FROM (NEW.account_id, NEW.book, -NEW.amount)
            OR undone.reverses_id IS NOT NULL THEN
            RAISE EXCEPTION 'a reversal undoes exactly one entry'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_reversal_is_exact';
        END IF;
    END IF;
    UPDATE billing_account SET balance = balance + NEW.amount WHERE id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_entry_comes AFTER INSERT ON billing_entry
    FOR EACH ROW EXECUTE FUNCTION billing_entry_comes();

CREATE FUNCTION billing_balance_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is a statement of somebody; the trigger above comes from depth 2.
    IF pg_trigger_depth() < 2 AND NEW.balance IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD.balance END)
    THEN
        RAISE EXCEPTION 'a balance changes by entries only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_balance_follows_entries';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_balance_follows BEFORE INSERT OR UPDATE ON billing_account
    FOR EACH ROW EXECUTE FUNCTION billing_balance_follows();
"""

UNDO = """
DROP TRIGGER billing_balance_follows ON billing_account;
DROP FUNCTION billing_balance_follows();
DROP TRIGGER billing_entry_comes ON billing_entry;
DROP FUNCTION billing_entry_comes();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_ledger")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
