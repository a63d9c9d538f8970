# docker build -t rust-c2s-api .
# docker run --rm --publish 127.0.0.1:8081:8081 --env-file .env --env HOST=0.0.0.0 rust-c2s-api
#
# In the file: a PostgreSQL URL in DB_URL (the image has no PostgreSQL, so `private` does not work), values without
# quotes, and API_KEYS: without keys only the masked trigger, /health and /ready answer on 0.0.0.0.

# The same version as rust-toolchain.toml.
FROM rust:1.95.0-bookworm AS build
WORKDIR /build
# The query macros read .sqlx; a build never talks to a database.
ENV SQLX_OFFLINE=true

# The dependencies alone, behind an empty crate: built again only when a manifest changes.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
RUN mkdir src \
    && touch src/lib.rs \
    && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked

COPY . .
# Cargo goes by the files' times, and ours may be older than those of the empty crate.
RUN touch src/lib.rs src/main.rs \
    && cargo build --release --locked

FROM debian:bookworm-slim
# The upstreams' certificates are checked against the system's.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin service
COPY --from=build /build/target/release/rust-c2s-api /usr/local/bin/
USER 10001
ENV HOST=0.0.0.0 \
    PORT=8081 \
    LOG_FORMAT=json
EXPOSE 8081
# All libraries that the binary needs are here.
RUN ["rust-c2s-api", "--help"]
# Without curl: bash opens the connection.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8081} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 status <&3 && [[ $status == 'HTTP/1.1 200'* ]]"]
# SIGTERM stops it in at most 20 s; `docker stop` kills after 10 s unless told `--time 30`.
CMD ["rust-c2s-api", "serve"]
