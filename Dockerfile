# docker build --tag rust-c2s-api .          How it is run: docs/deployment/DOCKER.md
#
# Both base images are pinned by digest, so that a rebuild is made on the same; Dependabot proposes newer ones.

# The same version as rust-toolchain.toml.
FROM rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082 AS build
WORKDIR /build
# The query macros read .sqlx; a build never talks to a database.
ENV SQLX_OFFLINE=true

# The dependencies alone, behind an empty crate: a layer that is built again only when a manifest changes.
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

FROM debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171
# The upstreams' certificates are checked against the system's.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 service \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin service
COPY --from=build /build/target/release/rust-c2s-api /usr/local/bin/
USER 10001:10001
ENV HOST=0.0.0.0 \
    PORT=8081 \
    LOG_FORMAT=json
EXPOSE 8081
# All libraries that the binary needs are here.
RUN ["rust-c2s-api", "--help"]
# The process lives. Without curl: bash opens the connection.
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8081} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 status <&3 && [[ $status == 'HTTP/1.1 200'* ]]"]
# SIGTERM stops it in at most 20 s; `docker stop` kills after 10 s unless told `--timeout 30`.
CMD ["rust-c2s-api", "serve"]
