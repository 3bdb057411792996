# octomix in an image: docker build -t octomix . && docker run --rm -v "$PWD:/data" octomix detect day.pcap
FROM rust:1-bookworm AS build
WORKDIR /octomix
COPY . .
RUN cargo build --release --locked --bin octomix

FROM debian:bookworm-slim
# The loader of Vulkan; the driver comes with the GPU (docker run --gpus all).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libvulkan1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home octomix
COPY --from=build /octomix/target/release/octomix /usr/local/bin/octomix
USER octomix
WORKDIR /data
ENTRYPOINT ["octomix"]
