# Encore in a container: the same install path as `make run`, as a user without rights, with one volume.
#
#   docker build -t encore .                    no GPU
#   docker build -t encore --build-arg CUDA=1 . for an NVIDIA card (several gigabytes more)
#   docker run --network host -v encore:/data encore

FROM python:3.13-slim-bookworm

ARG CUDA=
RUN useradd --create-home --uid 1000 encore && mkdir /encore /data && chown encore /encore /data
USER encore
WORKDIR /encore
COPY --chown=encore . .
# An empty TORCH_INDEX means the ordinary torch, which brings CUDA.
RUN if [ -n "$CUDA" ]; then export TORCH_INDEX=; fi; PIP_NO_CACHE_DIR=1 sh tools/install.sh

ENV KARAOKE_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["sh", "tools/health.sh"]
CMD [".venv/bin/karaoke", "serve"]
