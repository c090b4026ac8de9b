# The service and its worker; the database is a container of its own, see compose.yaml.
# tests/house/test_dockerfile.py runs these steps in a scratch folder.

FROM python:3.11-slim AS build
RUN python -m pip install --no-cache-dir --target /opt/uv uv==0.13.9
ENV UV_PYTHON_DOWNLOADS=never
ENV UV_LINK_MODE=copy
ENV UV_PROJECT_ENVIRONMENT=/opt/puskesos
WORKDIR /src
# The libraries first: they change less often than the code, and their layer is kept.
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --locked --no-dev --no-install-project
COPY README.md LICENSE ./
COPY alembic alembic
COPY clients clients
COPY app app
RUN /opt/uv/bin/uv build --wheel --out-dir /src/dist
RUN /opt/uv/bin/uv pip install --python /opt/puskesos/bin/python --no-deps /src/dist/*.whl
RUN mkdir -p /src/empty

FROM python:3.11-slim
# A user with a name, since PostgreSQL's programs ask for one, and with no shell.
RUN echo 'puskesos:x:10001:10001::/var/lib/puskesos:/usr/sbin/nologin' >> /etc/passwd
COPY --from=build /opt/puskesos /opt/puskesos
COPY --from=build --chown=10001:10001 /src/empty /var/lib/puskesos
ENV PATH=/opt/puskesos/bin:/usr/local/bin:/usr/bin:/bin
ENV PYTHONUNBUFFERED=1
ENV PUSKESOS_HOST=0.0.0.0
ENV PUSKESOS_PORT=8000
ENV PUSKESOS_DATA_DIR=/var/lib/puskesos
WORKDIR /var/lib/puskesos
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD python -c "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PUSKESOS_PORT'] + '/livez', timeout=2)"
CMD ["puskesos", "serve"]
