# Builds with everything, runs with what the service needs: its bundle, and the few packages that stay outside of it.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && node scripts/image.mjs /image

FROM node:24.21.0-bookworm-slim
# As the first process Node would ignore a SIGTERM that comes before it listens to it; tini does not.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /image ./
# Compiled once, by the user who will run it, as V8's cache is a user's own; then nobody can change it.
RUN install -d -o 1000 dist/cache \
  && setpriv --reuid=1000 --regid=1000 --clear-groups node dist/bundle/main.cli.js --help > /dev/null \
  && chown -R root:root dist/cache && chmod -R a+rX dist/cache
# The user `node`, by its number: Kubernetes cannot tell of a name that it is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "--enable-source-maps", "dist/bundle/main.js"]
# Last, since they change with each build: docker build --build-arg VERSION=… --build-arg REVISION=$(git rev-parse HEAD) .
ARG VERSION=unreleased REVISION=unknown
LABEL org.opencontainers.image.title="Callboard" \
  org.opencontainers.image.description="The message desk of a multi-tenant event platform" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
