# One image for every process of the product; docker-compose.yml names the commands.
ARG PYTHON=3.11
FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /srv/contactcenter
ENV PATH=/srv/contactcenter/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY . .
# The key is only there because settings insist on one: nothing is signed while files are gathered.
RUN python scripts/frontend.py && rm -r node_modules \
 && python scripts/compile_messages.py \
 && SECRET_KEY=building DATA_DIR=/tmp/building STATIC_ROOT=/srv/contactcenter/staticfiles \
    python manage.py collectstatic --no-input -v 0

FROM python:${PYTHON}-slim-bookworm
ENV PATH=/srv/contactcenter/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ENV STATIC_ROOT=/srv/contactcenter/staticfiles DATA_DIR=/tmp/data
WORKDIR /srv/contactcenter
# Owned by root: the processes may read their code, never change it.
COPY --from=build /srv/contactcenter /srv/contactcenter
# What people send is kept in a volume, the only folder the processes may write to.
RUN install -d -o 10001 -g 10001 -m 700 /srv/contactcenter/files /srv/contactcenter/exchange
USER 10001:10001
EXPOSE 8000 8001
CMD ["python", "manage.py", "check"]
