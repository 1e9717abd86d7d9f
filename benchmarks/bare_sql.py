"""The bare view's table. Not a model's, so that no migration knows it; here, for it is needed before Django."""

TABLE = """
CREATE TABLE benchmark_row (id bigserial PRIMARY KEY, at timestamptz NOT NULL, payload jsonb NOT NULL);
GRANT SELECT, INSERT ON benchmark_row TO app;
GRANT USAGE ON SEQUENCE benchmark_row_id_seq TO app;
"""
