# One agent. `lienmesh swarm render` writes what runs it; by hand: docker run -v "$PWD:/lienmesh" IMAGE run --config lienmesh.yaml
FROM node:24-bookworm-slim AS install
WORKDIR /opt/lienmesh
COPY package.json package-lock.json ./
# The image has its own Node, and an agent starts no chains: nothing needs an install script.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node node_modules/@foundry-rs

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/lienmesh
COPY --from=install /opt/lienmesh/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY agent ./agent
COPY config ./config
COPY strategies ./strategies
COPY contracts/artifacts ./contracts/artifacts
RUN groupadd --gid 10001 lienmesh && useradd --uid 10001 --gid lienmesh --no-create-home lienmesh \
 && install -d -o lienmesh -g lienmesh -m 0777 /lienmesh /lienmesh/data
USER 10001:10001
WORKDIR /lienmesh
EXPOSE 9640 9651
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/lienmesh/bin/lienmesh.js"]
