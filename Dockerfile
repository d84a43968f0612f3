# The suite, the mock and the nightly run in one small image:
#   docker build -t rerank-conformance .
#   docker run --rm -v "$PWD:/work" -e SILICONFLOW_API_KEY rerank-conformance run siliconflow
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/rerank && /opt/rerank/bin/pip install --no-cache-dir -q -c constraints.txt '.[fuzzing,charts,postgresql]'

FROM python:3.13-slim
COPY --from=build /opt/rerank /opt/rerank
RUN useradd --uid 10001 --create-home rerank && install -d -o rerank /work
ENV PATH="/opt/rerank/bin:$PATH"
USER 10001
WORKDIR /work
ENTRYPOINT ["rerank-conformance"]
CMD ["--help"]
